// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const streamRegistryAbi = [
  { type: 'constructor', inputs: [{ name: 'ens_', type: 'address' }], stateMutability: 'nonpayable' },
  {
    type: 'function',
    name: 'PARTITIONS_LIMIT',
    inputs: [],
    outputs: [{ name: '', type: 'uint32' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'SLOT_DURATION_LIMIT',
    inputs: [],
    outputs: [{ name: '', type: 'uint32' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'createStream',
    inputs: [
      { name: 'name', type: 'string' },
      { name: 'description', type: 'string' },
      { name: 'slotDuration', type: 'uint32' },
      { name: 'partitions', type: 'uint32' }
    ],
    outputs: [{ name: 'stream', type: 'address' }],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'ens', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'ensNameOf',
    inputs: [{ name: 'stream', type: 'address' }],
    outputs: [{ name: 'name', type: 'string' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'implementation',
    inputs: [],
    outputs: [{ name: '', type: 'address' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'isStream',
    inputs: [{ name: 'stream', type: 'address' }],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'setEnsName',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'name', type: 'string' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'event',
    name: 'EnsNameChanged',
    inputs: [
      { name: 'stream', type: 'address', indexed: true },
      { name: 'name', type: 'string', indexed: false },
      { name: 'editor', type: 'address', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'StreamCreated',
    inputs: [
      { name: 'stream', type: 'address', indexed: true },
      { name: 'owner', type: 'address', indexed: true },
      { name: 'name', type: 'string', indexed: false },
      { name: 'description', type: 'string', indexed: false },
      { name: 'slotDuration', type: 'uint32', indexed: false },
      { name: 'partitions', type: 'uint32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'error',
    name: 'DescriptionTooLong',
    inputs: [
      { name: 'length', type: 'uint256' },
      { name: 'limit', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'EnsNameElsewhere',
    inputs: [
      { name: 'name', type: 'string' },
      { name: 'resolved', type: 'address' }
    ]
  },
  { type: 'error', name: 'EnsNameInvalid', inputs: [{ name: 'name', type: 'string' }] },
  { type: 'error', name: 'EnsUnavailable', inputs: [] },
  {
    type: 'error',
    name: 'NameLengthInvalid',
    inputs: [
      { name: 'length', type: 'uint256' },
      { name: 'limit', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'NotEditor',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'stream', type: 'address' }
    ]
  },
  { type: 'error', name: 'PartitionsInvalid', inputs: [{ name: 'partitions', type: 'uint32' }] },
  { type: 'error', name: 'SlotDurationInvalid', inputs: [{ name: 'slotDuration', type: 'uint32' }] },
  { type: 'error', name: 'StreamUnknown', inputs: [{ name: 'stream', type: 'address' }] }
] as const;
