"""Words of the invented papers that any field uses, commonest first.

How they join is in `sentences`; the words of single fields are in `areas`.
"""


def words(text: str) -> tuple[str, ...]:
    """Split a list of single words at white space; the first of equal ones counts."""
    return tuple(dict.fromkeys(text.split()))


def turn_into_adverbs(adjectives: tuple[str, ...]) -> tuple[str, ...]:
    """Form the adverbs of the adjectives whose ending allows it by rule; the others have none here."""
    formed = []
    for adjective in adjectives:
        if adjective.endswith("ble"):
            formed.append(f"{adjective[:-1]}y")
        elif adjective.endswith("ic"):
            formed.append(f"{adjective}ally")
        elif adjective.endswith(("al", "ive", "ous", "ent", "ant", "ete", "ate", "less", "ful")):
            formed.append(f"{adjective}ly")
    return tuple(adverb for adverb in formed if "-" not in adverb)


def phrases(text: str) -> tuple[str, ...]:
    """Split a list of words and phrases at commas and line ends; the first of equal ones counts."""
    stripped = (phrase.strip() for phrase in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(phrase for phrase in stripped if phrase))


#: Stand before a noun.
ADJECTIVES = words("""
large efficient robust high complex multiple visual existing different diverse general deep strong low
significant effective neural accurate scalable adaptive simple recent semantic dynamic reliable consistent
limited local global temporal spatial structured hierarchical latent compact sparse dense sequential causal
explicit implicit generic fine-grained coarse linear nonlinear continuous discrete stochastic deterministic
symbolic geometric algebraic probabilistic Bayesian convex smooth noisy clean rich shallow recurrent
convolutional recursive iterative parallel distributed decentralized federated modular monolithic flexible rigid
stable unstable optimal suboptimal greedy exact approximate partial complete incomplete redundant relevant
irrelevant informative uninformative ambiguous precise vague faithful plausible coherent incoherent fluent
natural artificial synthetic realistic photorealistic human expert novice automatic manual interactive
collaborative competitive cooperative adversarial hostile benign harmful safe unsafe trustworthy transparent
opaque interpretable explainable controllable steerable editable personalized universal specialized
domain-specific task-agnostic open-ended long-horizon short-term long-term real-world real-time offline online
on-device cloud-scale low-cost low-resource high-resource high-dimensional low-dimensional high-resolution
low-resolution high-quality low-quality large-scale small-scale end-to-end zero-shot few-shot one-shot
pretrained frozen trainable learnable tunable parametric nonparametric supervised unsupervised self-supervised
weakly-supervised semi-supervised contrastive generative discriminative predictive descriptive corrective
reflective deliberate intuitive abstract concrete intermediate terminal initial final early late primary
secondary auxiliary internal external intrinsic extrinsic inherent emergent hidden visible salient subtle severe
mild moderate extreme rare frequent common unusual typical atypical regular irregular uniform heterogeneous
homogeneous balanced imbalanced skewed symmetric asymmetric invariant equivariant orthogonal correlated
independent conditional unconditional joint marginal mutual pairwise groupwise layered nested flat circular
cyclic acyclic directed undirected weighted unweighted bounded unbounded finite infinite static streaming
incremental cumulative gradual abrupt periodic seasonal transient persistent permanent temporary lightweight
heavyweight expensive cheap costly affordable fast slow instant delayed responsive idle busy multilingual
monolingual bilingual multimodal unimodal crossmodal textual lexical syntactic pragmatic phonetic acoustic
tactile olfactory thermal optical infrared panoramic stereoscopic volumetric planar spherical curved articulated
deformable elastic soft hard fragile brittle ductile viscous granular porous crystalline molecular atomic
cellular genomic clinical surgical radiological pharmaceutical botanical ecological agricultural urban rural
coastal marine aerial orbital planetary seismic volcanic atmospheric climatic economic financial legal judicial
political cultural historical archival literary musical artistic cinematic athletic culinary educational
pedagogical cognitive perceptual emotional affective social ethical moral normative empirical theoretical
analytical numerical statistical mathematical logical relational ontological taxonomic hyperbolic elliptic
unified principled practical systematic holistic comprehensive exhaustive thorough careful deliberative cautious
conservative aggressive ambitious modest promising competitive superior inferior comparable remarkable notable
striking surprising unexpected counterintuitive consistent mixed preliminary conclusive decisive negligible
substantial considerable marginal meaningful actionable measurable verifiable reproducible auditable portable
composable reusable extensible pluggable maintainable durable resilient tolerant sensitive selective exclusive
inclusive fair biased unbiased neutral calibrated overconfident uncertain confident curious passive active
proactive reactive autonomous guided unguided constrained unconstrained regularized overparameterized quantized
factorized tied untied shared private public proprietary open closed unseen novel familiar foreign native
""")

#: What a title says of the way a task is solved.
TITLE_ADJECTIVES = words("""
Efficient Robust Scalable Adaptive Unified Faithful Controllable Generalizable Interpretable Lightweight
Reliable Consistent Fine-Grained Real-Time Open-Ended Personalized Few-Shot Zero-Shot Trustworthy Stable
Flexible Fast Hierarchical Structured Sparse Continual Interactive Principled Universal Data-Efficient
Training-Free Privacy-Preserving
""")

#: Heads of noun phrases that have a plural.
NOUNS = words("""
model method task dataset representation image framework feature approach result benchmark sample token network
experiment domain problem baseline strategy system module embedding objective parameter policy reward signal
layer prompt structure constraint pattern example instruction response context sequence distribution label
metric mechanism architecture encoder decoder loss prior component step process agent environment concept
relation attribute property instance category class cluster gradient weight neuron activation kernel filter
channel head block branch backbone adapter expert router gate memory cache buffer index query key value code
program function variable operator symbol graph tree path edge node vertex hyperedge subgraph motif chain cycle
trajectory rollout action state observation goal subgoal plan skill option episode transition horizon
demonstration preference ranking score judgment critique verifier critic judge teacher student tutor mentor peer
annotator user client server worker device processor accelerator cluster thread batch queue scheduler pipeline
workflow stage stream frame clip segment region patch pixel voxel point contour boundary edge surface mesh
texture shadow highlight viewpoint camera lens sensor detector tracker estimator predictor classifier regressor
generator discriminator simulator emulator renderer planner solver optimizer learner reasoner parser tagger
translator summarizer retriever reranker indexer editor writer reader speaker listener interlocutor character
persona role story plot scene event action gesture pose posture gaze expression emotion intention belief desire
opinion stance argument claim premise evidence citation reference footnote table chart figure diagram equation
formula theorem lemma proof conjecture axiom rule exception violation error mistake failure fault defect
artifact anomaly outlier perturbation distortion corruption occlusion noise bias shift drift gap bottleneck
limitation tradeoff dilemma assumption hypothesis insight observation finding lesson guideline recommendation
protocol procedure recipe template schema format grammar lexicon vocabulary dictionary ontology taxonomy corpus
collection archive repository library toolkit platform interface dashboard notebook script macro snippet patch
commit release version fork dependency package container cluster deployment service endpoint request session
transaction record entry field column row cell matrix vector tensor scalar basis subspace manifold space region
ball sphere polytope lattice grid mesh hierarchy pyramid cascade ensemble mixture committee coalition team
population generation mutation crossover niche ecosystem market auction contract negotiation game tournament
puzzle riddle quiz exam question answer hint explanation rationale justification trace log transcript dialogue
conversation turn utterance phrase sentence paragraph passage document page chapter book article report review
comment post thread tweet headline caption title keyword topic theme genre style tone voice accent dialect
language alphabet script glyph font stroke sketch drawing painting photograph portrait poster logo icon avatar
animation cartoon film trailer melody chord rhythm beat note instrument song album recording waveform
spectrogram phoneme syllable vowel pitch robot manipulator gripper finger arm leg wheel vehicle drone car truck
ship satellite rover road lane intersection pedestrian cyclist obstacle terrain map landmark waypoint route
building room kitchen shelf drawer door handle tool hammer cup bottle plate box container fabric rope cable
screw bolt gear motor battery circuit transistor chip protein enzyme ligand molecule atom bond reaction catalyst
polymer crystal alloy gene genome cell tissue organ tumor lesion patient clinician hospital drug dose trial
cohort biomarker symptom diagnosis prognosis therapy forecast storm flood drought wave current glacier forest
crop harvest soil species habitat insect bird whale galaxy star planet comet telescope orbit particle detector
beam photon electron qubit plasma reactor turbine
""")

#: Qualities, without plural.
QUALITIES = words("""
performance accuracy efficiency quality robustness generalization consistency diversity fidelity reliability
scalability coherence faithfulness alignment safety fairness privacy interpretability transparency
controllability stability convergence expressiveness flexibility adaptability coverage precision recall
calibration uncertainty complexity redundancy sparsity latency throughput bandwidth cost overhead memory storage
energy sustainability creativity novelty realism naturalness fluency readability relevance usefulness
helpfulness harmlessness honesty truthfulness factuality plausibility trustworthiness accountability
reproducibility portability compatibility interoperability modularity compositionality systematicity
productivity sensitivity specificity invariance equivariance symmetry smoothness curvature locality granularity
resolution sharpness contrast brightness color motion depth geometry appearance identity semantics syntax
pragmatics grounding context knowledge expertise intelligence awareness attention curiosity exploration
exploitation cooperation competition coordination communication trust autonomy oversight supervision feedback
guidance control diagnosis maintenance durability
""")

#: What is done to things, without plural; the core of most methods.
ACTIONS = words("""
learning training optimization reasoning generation alignment distillation adaptation pruning quantization
retrieval planning decoding sampling compression calibration regularization augmentation pretraining finetuning
routing caching merging editing unlearning steering prompting tuning alignment verification refinement
decomposition composition aggregation fusion attention matching ranking filtering selection scheduling batching
clustering segmentation detection tracking reconstruction rendering synthesis translation summarization
classification regression estimation forecasting imputation denoising interpolation extrapolation simulation
rehearsal replay exploration imitation negotiation debate reflection abstention delegation orchestration
supervision annotation labeling curation deduplication tokenization embedding encoding indexing hashing masking
reweighting resampling bootstrapping boosting bagging stacking ensembling annealing warmup restarting freezing
sharding partitioning offloading checkpointing recomputation prefetching parallelization pipelining streaming
watermarking sanitization anonymization auditing probing attribution explanation visualization debugging repair
completion inpainting outpainting relighting retargeting rigging meshing registration localization mapping
navigation grasping manipulation locomotion teleoperation control sensing perception grounding captioning
transcription diarization separation enhancement dubbing tagging parsing linking disambiguation paraphrasing
""")

#: Stand in front of "-aware", "-guided" and the like.
ROOTS = words("""
context uncertainty curvature gradient entropy reward preference memory attention token layer query graph
geometry depth motion pose region object scene semantics syntax topic speaker emotion user task domain language
policy value goal plan skill tool program code proof symbol concept causality physics energy frequency phase
scale resolution shape texture boundary margin density distance similarity diversity novelty curiosity
confidence risk safety privacy fairness latency cost budget cache hardware precision rank sparsity noise
residual anchor prototype template exemplar retrieval evidence feedback critique debate hint rubric rule
constraint schema ontology hierarchy tree path event time season location map view camera illumination material
contact force friction tactile audio phoneme pitch rhythm gene protein molecule bond lesion organ patient dose
weather terrain traffic market contract norm culture
""")

SUFFIXES = words("""
aware guided based driven level conditioned free centric augmented enhanced wise oriented specific preserving
regularized weighted grounded informed constrained adaptive agnostic sensitive induced consistent efficient
""")

#: Modifiers that stand alone.
MODIFIERS = words("""
self-consistent multi-step multi-view multi-scale multi-turn multi-agent multi-task multi-hop multi-objective
cross-modal cross-lingual cross-domain cross-view cross-attention in-context out-of-distribution test-time
train-time token-wise layer-wise block-wise group-wise low-rank full-rank mixed-precision half-precision
coarse-to-fine top-down bottom-up left-to-right bidirectional autoregressive non-autoregressive masked gated
residual recurrent retrieval-augmented tool-augmented knowledge-enhanced chain-of-thought tree-structured
graph-structured physics-informed closed-loop open-loop model-based model-free value-based actor-critic
off-policy on-policy inverse hierarchical curriculum continual lifelong asynchronous synchronous speculative
lazy eager variational spectral kernelized randomized amortized doubly-robust counterfactual interventional
contrastive momentum second-order first-order zeroth-order gradient-free event-driven neuro-symbolic
differentiable modular dual triple twin siamese mirrored staggered interleaved decoupled disentangled factored
nested progressive
""")

#: What a method does to things.
METHOD_VERBS = words("""
align encode decode compress refine decompose combine integrate fuse merge split select filter rank retrieve
reweight sample resample generate synthesize simulate predict estimate approximate interpolate extrapolate
reconstruct restore denoise segment detect track localize match cluster group partition index cache reuse share
transfer distill prune quantize factorize project map embed embody transform translate rewrite paraphrase
summarize annotate label curate collect aggregate accumulate propagate route schedule allocate assign balance
normalize calibrate regularize penalize constrain bound relax steer guide control modulate gate mask inject
insert remove replace extend expand prolong shorten simplify abstract instantiate compose orchestrate coordinate
delegate verify validate check correct repair edit update adapt tune train pretrain finetune optimize search
explore exploit imitate demonstrate imagine plan execute monitor inspect probe audit trace attribute explain
visualize query ask answer discuss negotiate reward score judge compare contrast separate disentangle isolate
bind link connect traverse
""")

#: What happens to a quality.
EFFECT_VERBS = words("""
improve enhance increase boost reduce decrease preserve maintain degrade limit affect influence determine
measure quantify control balance sacrifice guarantee ensure strengthen weaken accelerate slow stabilize
destabilize enable prevent facilitate complicate raise lower recover retain restore sharpen soften amplify
dampen predict explain
""")

#: What authors do.
STUDY_VERBS = words("""
investigate analyze examine study explore revisit characterize formalize question challenge quantify document
survey dissect scrutinize rethink map catalog interrogate disentangle
""")

ADVERBS = words("""
significantly effectively efficiently consistently substantially jointly explicitly directly automatically
dynamically adaptively accurately reliably implicitly simultaneously progressively iteratively selectively
gradually typically largely primarily heavily strongly weakly partially fully entirely merely solely seamlessly
robustly faithfully carefully systematically empirically theoretically provably surprisingly remarkably notably
considerably markedly marginally slightly moderately sharply steadily rapidly slowly smoothly locally globally
temporally spatially semantically hierarchically sequentially independently collaboratively autonomously
actively passively continuously periodically incrementally recursively asynchronously cheaply natively
inherently broadly narrowly uniformly randomly deterministically greedily conservatively aggressively flexibly
transparently
""") + turn_into_adverbs(ADJECTIVES)

#: Everyday things that examples, data sets and test questions are made of.
THINGS = words("""
apple ladder candle bicycle violin umbrella teapot lantern blanket compass basket whistle pillow hammock kettle
mirror ribbon saddle shovel spoon stapler suitcase telescope thimble trumpet tunnel turnip typewriter valve vase
wagon wallet walnut wardrobe watch wheelbarrow window wrench zipper almond anvil apron apricot armchair
artichoke backpack badge bagel balcony ballot bamboo banjo barrel beaker bean bell belt bench berry bicep
biscuit blender bonnet bookcase boot bottle bouquet bracelet brick broom bucket bugle bulb butterfly button
cabbage cabin cactus camel canoe carpet carriage carrot cart castle cello cereal chair chapel cheese cherry
chessboard chestnut chimney chisel clarinet clock cloth clover coat cocoa coconut coin collar comb cork corridor
cottage cradle crane crayon cricket crown cucumber curtain cushion dagger daisy dancer desk dice dinghy dolphin
donkey doorbell dragonfly drill drum duck dumpling eagle earring easel eggplant elbow elephant elevator engine
envelope eraser falcon faucet feather fence fern fiddle fig fireplace flagpole flamingo flannel flask flute
fountain fox freezer frog funnel furnace galley garage garlic gate gazebo giraffe glove goat goblet goose grape
grasshopper guitar hairbrush hamster hare harp hat hawk hazelnut headphone hedge hedgehog helmet heron hinge
hive hoof hook horse hotel hourglass hut iceberg igloo inkwell iron island ivy jacket jar jellyfish jewel jug
juniper kayak key kiosk kitten knapsack knife knot ladle lamp lasso lawn leaf leash lemon lettuce lever
lighthouse lily lime lion lizard loaf lobster locket log lute magnet mailbox mallet mandolin mango mantle maple
marble mask mast mattress melon microphone mill mint mitten monkey mop moss moth mule mushroom mussel mustard
nail napkin necklace needle nest nightingale notepad nut oar oak oasis oboe octopus olive onion orchid ostrich
otter oven owl ox oyster paddle padlock pail paintbrush palm pan pancake panda pansy parachute parrot parsnip
peach peacock peanut pear pebble pelican pen pencil penguin pepper perch piano pickle pier pigeon pine pipe
pitchfork pizza plum pliers plow pocket pomegranate pond pony poppy porcupine potato pouch prawn propeller
pulley pumpkin puppet purse quail quill quilt rabbit raccoon racket radish raisin rake raspberry raven razor
reed ribbon rice ring roof rooster rose rudder rug saffron sail salad salmon sandal sandwich saucepan saucer saw
scarf scissor scooter sculpture seagull seahorse seal shawl sheep shell shield shoe shuttle sickle sieve skate
skirt sled slipper snail sock sofa spade sparrow spider spinach sponge spool squash squid squirrel stable
starfish stool stove strawberry string sunflower swan sweater swing sword syrup table tambourine tangerine tent
thermos thistle throne tiger toaster tomato torch tortoise tower tractor tray treadmill tricycle trolley trout
trowel tulip turtle tweezer ukulele unicycle urn vest viaduct villa vine vineyard wasp watermelon wheel whisk
willow windmill wolf woodpecker wreath yacht yarn yogurt zebra zucchini
""")

#: Those who use, judge or annotate.
PEOPLE = words("""
annotator student teacher clinician engineer designer developer researcher physician nurse lawyer judge
journalist editor translator musician composer painter sculptor architect carpenter plumber electrician mechanic
farmer gardener baker chef waiter pilot sailor driver courier cyclist athlete coach referee librarian archivist
historian geologist astronomer botanist zoologist chemist physicist mathematician statistician economist
accountant banker broker auditor surgeon dentist pharmacist veterinarian therapist psychologist sociologist
linguist philologist anthropologist archaeologist firefighter officer detective soldier diplomat mayor senator
voter tourist pedestrian tenant landlord shopkeeper tailor weaver potter blacksmith watchmaker locksmith miner
welder machinist operator dispatcher
""")

#: Come before a verb in one word: realign, precompute, overfit.
VERB_PREFIXES = words("re pre over under mis")

#: Come before a noun in one word: a subnetwork, a metaprompt.
PREFIXES = words("sub meta micro macro hyper super multi pseudo pre post neuro auto mini inter semi mega")

#: What happens to a quality that gets better by so much percent.
GAIN_VERBS = words("improve increase raise boost enhance lift strengthen advance")

#: Qualities turned into what is wrong with a thing.
TROUBLES = phrases("""
high cost, poor generalization, limited context, noisy supervision, weak grounding, slow inference, label noise,
distribution shift, mode collapse, catastrophic forgetting, reward hacking, error accumulation,
memory bottlenecks, data scarcity, annotation cost, domain gaps, spurious correlations, unstable training,
position bias, exposure bias, oversmoothing, posterior collapse, vanishing gradients, hallucinated content,
redundant computation, long-tail classes, sparse rewards, partial observability, delayed feedback,
inconsistent geometry, temporal flicker, semantic drift, privacy leakage, prompt sensitivity, length bias,
sycophancy, overconfidence, shortcut learning, tokenization artifacts, class imbalance, concept drift,
missing modalities, sensor noise, simulation gaps, contamination, adversarial noise
""")

#: Where things are put to use.
SETTINGS = phrases("""
classrooms, hospitals, courtrooms, farms, factories, warehouses, kitchens, construction sites, libraries,
museums, newsrooms, call centers, laboratories, observatories, power grids, supply chains, ports, railways,
airports, mines, fisheries, forests, vineyards, deserts, glaciers, reefs, cities, villages, playgrounds,
stadiums, theaters, studios, orchestras, archives, banks, insurance claims, tax records, parliaments, elections,
customer support, tutoring, telemedicine, triage, rehabilitation, elderly care, nutrition, cooking, tourism,
fashion, interior design, archaeology, linguistics, astronomy, meteorology, oceanography, seismology, ecology,
chemistry, metallurgy, microscopy, genomics, pathology, cardiology, dentistry, ophthalmology,
veterinary medicine, epidemiology, pharmacology, accounting, auditing, logistics, aviation, shipping, mining,
forestry, fire fighting, search and rescue, disaster relief, urban planning, real estate, journalism,
publishing, translation bureaus, game design, sports analytics, music production, carpentry
""")

SYLLABLES_FIRST = words("""
Al An Ar Ba Be Bo Bra Ca Ce Cla Co Cri Da De Do Dra E Fa Fe Fi Flo Ga Ge Gli Go Gra Ha He Hy In Ja Jo Ka Ke Ki
Ko Kra La Le Li Lo Lu Ma Me Mi Mo Na Ne No Nu O Pa Pe Phi Pla Po Pri Qua Ra Re Ri Ro Ru Sa Se Si Ska So Spe Sta
Su Ta Te Ti To Tra Tri U Va Ve Vi Vo Vu Wa We Wi Xa Xe Ya Yo Za Ze Zi Zo
""")
SYLLABLES_MIDDLE = words("""
ba be bi bo bri ca ce ci co da de di do dra fa fe fi fo ga ge gi go ha he hi ka ke ki ko la le li lo lu ma me mi
mo na ne ni no nu pa pe pi po ra re ri ro ru sa se si so sta ta te ti to tra tu va ve vi vo xa xi ya za ze zi zo
""")
SYLLABLES_LAST = words("""
bar bel bex bin bis bro cor dan dar del den dex din dor dra fan far fin fox gan gen gis gon kan kar ken kin kit
kon kos lan lar len lex lin lis lon lor lux man mar men mer min mir mis mon mos nal nar nel nex nis non nor nox
pan par pel pex pin pis pol por ran ren rex rin ris ron ros san sar sel sen sis sol son sor tan tar tel ten tex
tin tis ton tor tos tra van var vel ven ver vex vin vis von vor zan zar zel zen zer zin zis zon zor
""")
CAMEL_FIRST = words("""
Graph Flow Token Scene Prompt Vision Motion Latent Sparse Deep Swift Meta Pixel Voice Code Plan Skill Tool
Memory Mind Story Chart Doc Table Math Proof Logic Rule Policy Reward Value World Robo Grasp Map Path Route Geo
Terra Aero Aqua Helio Chrono Poly Mono Omni Uni Bi Tri Hyper Ultra Micro Nano Macro Multi Cross Inter Auto Self
Co Re Pro Neuro Bio Chem Mol Gene Cell Med Clin Dia Opti Spectra Sono Echo Lumi Photo Astro Cosmo Quanta Fluid
Wave Cloud Edge Fast Lite
""")
CAMEL_LAST = words("""
Weaver Pilot Forge Bridge Lens Compass Anchor Ladder Mosaic Prism Beacon Harbor Garden Orchard Loom Quilt Kite
Raft Lantern Atlas Scout Ranger Smith Mason Tailor Baker Scribe Herald Tutor Judge Critic Coach Guide Keeper
Hunter Fisher Walker Runner Diver Climber Glider Rider Mixer Shaper Binder Folder Sifter Tuner Mapper Tracer
Finder Linker Ranker Former Net Flow Diff Craft Works Lab Mate Hub Kit Box Cast Sync Fuse Split Shift Swap
Sketch Script Verse Tone Chord
""")
LETTERS = words("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z")
DIGITS = words("0 1 2 3 4 5 6 7 8 9")

GIVEN_NAMES = words("""
Ada Bruno Carla Dmitri Elif Farah Goran Hana Ivo Jana Kofi Lena Mateo Nadia Olu Petra Quentin Rosa Sami Tara
Umar Vera Wim Xenia Yusuf Zora Anouk Bela Chidi Dalia Emre Fiona Gita Henrik Ines Jonas Kaito Leila Milan Noor
Oskar Priya Rafael Signe Tomas Ulla Viktor Wanda Yara Zeno Amara Boris Celia Daan Esther Felix Greta Hugo Ilse
Joao Keiko Luca
""")
FAMILY_NAMES = words("""
Abernal Brandvoort Castellor Dunmere Eskelund Farrowby Gantz Hollinger Ibarrola Jaskov Kettlewell Lindqvarn
Marchetto Nakawira Okonvale Pellerin Quillfeather Rostavan Sandovar Tanabeck Ulvestad Valcourt Wetherin Xanthos
Yamarole Zelenko Ambervale Bergsund Corrigal Devaux Elmsworth Fujinaga Gallowen Haverkamp Isaksen Jorvik
Kowalewicz Lachance Montrose Nightwood Olawale Petrescu Quintero Ravensby Stoyanova Thornquist Umbridge
Vasquelle Wolframe Yildirak Zimmerli Ashcombe Bellweather Chandrapal Drummore Erdelyi Fitzwarren Grimaldo
Hartveld Ingolds Jamison Karapetyan
""")
