// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const attestationResolverAbi = [
  { type: 'constructor', inputs: [{ name: 'attestationService_', type: 'address' }], stateMutability: 'nonpayable' },
  {
    type: 'function',
    name: 'attest',
    inputs: [
      {
        name: 'attestation',
        type: 'tuple',
        components: [
          { name: 'uid', type: 'bytes32' },
          { name: 'schema', type: 'bytes32' },
          { name: 'time', type: 'uint64' },
          { name: 'expirationTime', type: 'uint64' },
          { name: 'revocationTime', type: 'uint64' },
          { name: 'refUID', type: 'bytes32' },
          { name: 'recipient', type: 'address' },
          { name: 'attester', type: 'address' },
          { name: 'revocable', type: 'bool' },
          { name: 'data', type: 'bytes' }
        ]
      }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'payable'
  },
  {
    type: 'function',
    name: 'attestationService',
    inputs: [],
    outputs: [{ name: '', type: 'address' }],
    stateMutability: 'view'
  },
  { type: 'function', name: 'isPayable', inputs: [], outputs: [{ name: '', type: 'bool' }], stateMutability: 'pure' },
  {
    type: 'function',
    name: 'multiAttest',
    inputs: [
      {
        name: 'attestations',
        type: 'tuple[]',
        components: [
          { name: 'uid', type: 'bytes32' },
          { name: 'schema', type: 'bytes32' },
          { name: 'time', type: 'uint64' },
          { name: 'expirationTime', type: 'uint64' },
          { name: 'revocationTime', type: 'uint64' },
          { name: 'refUID', type: 'bytes32' },
          { name: 'recipient', type: 'address' },
          { name: 'attester', type: 'address' },
          { name: 'revocable', type: 'bool' },
          { name: 'data', type: 'bytes' }
        ]
      },
      { name: '', type: 'uint256[]' }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'payable'
  },
  {
    type: 'function',
    name: 'multiRevoke',
    inputs: [
      {
        name: 'attestations',
        type: 'tuple[]',
        components: [
          { name: 'uid', type: 'bytes32' },
          { name: 'schema', type: 'bytes32' },
          { name: 'time', type: 'uint64' },
          { name: 'expirationTime', type: 'uint64' },
          { name: 'revocationTime', type: 'uint64' },
          { name: 'refUID', type: 'bytes32' },
          { name: 'recipient', type: 'address' },
          { name: 'attester', type: 'address' },
          { name: 'revocable', type: 'bool' },
          { name: 'data', type: 'bytes' }
        ]
      },
      { name: '', type: 'uint256[]' }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'payable'
  },
  {
    type: 'function',
    name: 'revoke',
    inputs: [
      {
        name: 'attestation',
        type: 'tuple',
        components: [
          { name: 'uid', type: 'bytes32' },
          { name: 'schema', type: 'bytes32' },
          { name: 'time', type: 'uint64' },
          { name: 'expirationTime', type: 'uint64' },
          { name: 'revocationTime', type: 'uint64' },
          { name: 'refUID', type: 'bytes32' },
          { name: 'recipient', type: 'address' },
          { name: 'attester', type: 'address' },
          { name: 'revocable', type: 'bool' },
          { name: 'data', type: 'bytes' }
        ]
      }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'payable'
  },
  {
    type: 'event',
    name: 'AttestationRecorded',
    inputs: [
      { name: 'uid', type: 'bytes32', indexed: true },
      { name: 'schema', type: 'bytes32', indexed: true },
      { name: 'recipient', type: 'address', indexed: true },
      { name: 'attester', type: 'address', indexed: false },
      { name: 'expirationTime', type: 'uint64', indexed: false },
      { name: 'data', type: 'bytes', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'AttestationWithdrawn',
    inputs: [
      { name: 'uid', type: 'bytes32', indexed: true },
      { name: 'schema', type: 'bytes32', indexed: true },
      { name: 'recipient', type: 'address', indexed: true },
      { name: 'attester', type: 'address', indexed: false }
    ],
    anonymous: false
  },
  { type: 'error', name: 'NotAttestationService', inputs: [{ name: 'account', type: 'address' }] },
  { type: 'error', name: 'ValueRefused', inputs: [{ name: 'value', type: 'uint256' }] }
] as const;
