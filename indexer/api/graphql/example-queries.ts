/** With what the playground opens: each a tab of its own. */
export const exampleQueries: readonly string[] = [
  `# Live products, the most relevant first. Typing errors are forgiven.
query FindProducts {
  searchProducts(q: "wether", live: true, first: 5) {
    totalCount
    corrections { typed meant }
    facets { category { value count } }
    nodes {
      id
      document
      liveness { live perMinute uptime24h }
      currentOffer { pricePerSecond settlement }
      sellerKarma
    }
  }
}
`,
  `# The newest purchases, and what they bought. Amounts are DATAcoin wei.
query NewestPurchases {
  purchases(first: 10, orderBy: NEWEST) {
    nodes {
      timestamp
      paid
      until
      transactionHash
      license { licensee running product { id } }
    }
  }
}
`,
  `# Who earned the most karma as a seller.
query SellersByKarma {
  karmas(role: SELLER, orderBy: UNITS, first: 10) {
    nodes { account points earned taken }
  }
}
`,
  `# What happens on the market, as it happens; a reorganisation takes back what it undoes.
subscription WhatHappens {
  messages(kinds: [purchased, offerListed, licenseEnded]) {
    position
    kind
    subjects
    payload
    undoes
  }
}
`
];
