// Opens the gate.
const port = require('serialport');

export async function open(gate) {
  const line = await port.open(gate.path, { rate: 9600 });
  if (!line.ready) {
    throw new Error('the gate does not answer');
  }
  await line.write('open\n');
  return line;
}
