// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const thresholdDeliveryOracleAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'attestors_', type: 'address[]' },
      { name: 'threshold_', type: 'uint256' }
    ],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'ATTESTORS_LIMIT',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'DELIVERY_TYPEHASH',
    inputs: [],
    outputs: [{ name: '', type: 'bytes32' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'attestors',
    inputs: [],
    outputs: [{ name: '', type: 'address[]' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'eip712Domain',
    inputs: [],
    outputs: [
      { name: 'fields', type: 'bytes1' },
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
      { name: 'verifyingContract', type: 'address' },
      { name: 'salt', type: 'bytes32' },
      { name: 'extensions', type: 'uint256[]' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'eventsBefore',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'time', type: 'uint256' }
    ],
    outputs: [
      { name: 'reported', type: 'bool' },
      { name: 'count', type: 'uint256' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'report',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'time', type: 'uint256' },
      { name: 'count', type: 'uint256' },
      {
        name: 'attestations',
        type: 'tuple[]',
        components: [
          { name: 'attestor', type: 'address' },
          { name: 'signature', type: 'bytes' }
        ]
      }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'threshold',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'event',
    name: 'DeliveryReported',
    inputs: [
      { name: 'stream', type: 'address', indexed: true },
      { name: 'time', type: 'uint256', indexed: true },
      { name: 'count', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  { type: 'event', name: 'EIP712DomainChanged', inputs: [], anonymous: false },
  {
    type: 'error',
    name: 'AttestationsTooFew',
    inputs: [
      { name: 'count', type: 'uint256' },
      { name: 'threshold', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'AttestorCountInvalid', inputs: [{ name: 'count', type: 'uint256' }] },
  {
    type: 'error',
    name: 'AttestorsNotAscending',
    inputs: [
      { name: 'previous', type: 'address' },
      { name: 'next', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'CountAlreadyReported',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'time', type: 'uint256' },
      { name: 'count', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'InvalidShortString', inputs: [] },
  { type: 'error', name: 'NotAttestor', inputs: [{ name: 'account', type: 'address' }] },
  { type: 'error', name: 'SignatureInvalid', inputs: [{ name: 'attestor', type: 'address' }] },
  { type: 'error', name: 'StringTooLong', inputs: [{ name: 'str', type: 'string' }] },
  {
    type: 'error',
    name: 'ThresholdInvalid',
    inputs: [
      { name: 'threshold', type: 'uint256' },
      { name: 'attestors', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'TimeNotPast',
    inputs: [
      { name: 'time', type: 'uint256' },
      { name: 'now_', type: 'uint256' }
    ]
  }
] as const;
