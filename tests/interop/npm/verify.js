// Lets @sigstore/verify judge transparency-log entries. Standard input: first line the log as
// {"baseURL", "logID" (base64), "publicKey" (DER, base64)}, then one entry in Protobuf's JSON per line.
// Standard output: for each entry "accepted" or "refused: why". What it calls is internal to the pinned version.
'use strict';

const { createPublicKey } = require('node:crypto');
const { createInterface } = require('node:readline');
const { TransparencyLogEntry } = require('@sigstore/protobuf-specs');
const { verifyTLogInclusion } = require('@sigstore/verify/dist/tlog');

async function main() {
  let authority;
  for await (const line of createInterface({ input: process.stdin })) {
    const given = JSON.parse(line);
    if (authority === undefined) {
      const key = Buffer.from(given.publicKey, 'base64');
      authority = {
        baseURL: given.baseURL,
        logID: Buffer.from(given.logID, 'base64'),
        publicKey: createPublicKey({ key, format: 'der', type: 'spki' }),
      };
      continue;
    }
    try {
      verifyTLogInclusion(TransparencyLogEntry.fromJSON(given), [authority]);
      console.log('accepted');
    } catch (error) {
      console.log(`refused: ${error.message.replaceAll('\n', ' ')}`);
    }
  }
}

main();
