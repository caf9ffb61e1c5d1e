// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const karmaAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'halfLife_', type: 'uint256' },
      { name: 'sources', type: 'address[]' }
    ],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'EXPIRY', inputs: [], outputs: [{ name: '', type: 'uint256' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'HALF_LIFE_MAXIMUM',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'HALF_LIFE_MINIMUM',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'SOURCES_LIMIT',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'earn',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'role', type: 'uint8' },
      { name: 'points', type: 'uint256' },
      { name: 'time', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'exchange',
    inputs: [
      { name: 'seller', type: 'address' },
      { name: 'buyer', type: 'address' },
      { name: 'points', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'halfLife', inputs: [], outputs: [{ name: '', type: 'uint256' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'isSource',
    inputs: [{ name: 'account', type: 'address' }],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'view'
  },
  { type: 'function', name: 'origin', inputs: [], outputs: [{ name: '', type: 'uint256' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'pointsAt',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'role', type: 'uint8' },
      { name: 'time', type: 'uint256' }
    ],
    outputs: [{ name: 'points', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'pointsOf',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'role', type: 'uint8' }
    ],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'take',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'role', type: 'uint8' },
      { name: 'points', type: 'uint256' },
      { name: 'time', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'unitsOf',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'role', type: 'uint8' }
    ],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'event',
    name: 'KarmaEarned',
    inputs: [
      { name: 'account', type: 'address', indexed: true },
      { name: 'role', type: 'uint8', indexed: true },
      { name: 'points', type: 'uint256', indexed: false },
      { name: 'units', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'KarmaTaken',
    inputs: [
      { name: 'account', type: 'address', indexed: true },
      { name: 'role', type: 'uint8', indexed: true },
      { name: 'points', type: 'uint256', indexed: false },
      { name: 'units', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  { type: 'error', name: 'HalfLifeInvalid', inputs: [{ name: 'halfLife', type: 'uint256' }] },
  { type: 'error', name: 'NotSource', inputs: [{ name: 'account', type: 'address' }] },
  { type: 'error', name: 'SourceCountInvalid', inputs: [{ name: 'count', type: 'uint256' }] },
  { type: 'error', name: 'SourceZero', inputs: [] }
] as const;
