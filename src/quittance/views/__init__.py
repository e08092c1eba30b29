"""Views: what the pages, the command line and the exports show, as frozen values.

Each view is a pure fold over an agreement, an evaluation and the journal; it can be thrown away and made again. A view
holds no markup and no language: every text in it is a `Sentence`, which the shell renders through its own `translate`.

    status      where each commitment stands, what is late, what waits for what
    timeline    by day: what happened, who said so, when it became known; step curves of the figures
    matrix      commitments by weeks
    commitment  one commitment: text, readings side by side, conditions, evidence
    brief       two pages for a meeting
    record      where the record stands: signed head, grade, what is not cosigned yet, keys, entries
    proof       what a receipt proves, or the step at which it fails
    exports     CSV with a HXL row, JSON in the words of OCDS
"""
