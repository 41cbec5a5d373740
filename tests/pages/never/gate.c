#include <stdio.h>
#include "gate.h"

/* Opens the gate and says so. */
int main(int argc, char **argv) {
    struct gate gate;
    if (gate_open(&gate, argv[1]) != 0) {
        fprintf(stderr, "cannot open %s\n", argv[1]);
        return 1;
    }
    printf("open\n");
    return 0;
}
