import { memoryTrustedState } from '../../support/ring-documents.ts';
import { testTrustedStateStore } from '../../support/trusted-state-contract.ts';

testTrustedStateStore('memory', {
  open() {
    const store = memoryTrustedState();
    return { store, reopen: () => store };
  },
});
