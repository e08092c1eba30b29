"""A seeded simulation of the record among people who lie to each other; one seed is one run.

    python -m tests.simulation --steps 100000 --seed 1

An operator, two sides, a neutral with a medical officer, three witnesses and a courier keep one log of one agreement.
Honest ones run the product's own code. `setting` has their keys and what is counted, `history` what an operator keeps
and shows, `party` those who mirror it, `witnesses` the witnesses, `post` network and courier, `agenda` what is honestly
done; `statements`, `papers` and `frauds` are the attacks. `model` judges the log a second time, from JSON alone and
with the knowledge of whose hand really signed; `watch` is the observer who knows everything. `world` is one run.

`exchange` is another simulation, of what the log is for: people who are exchanged in batches among liars. Its acts
stand in `exchange_agenda`, its lies in `exchange_lies`; `exchange_model` judges the log and the fate of everybody a
second time, and `exchange_watch` holds the product against it.

Clock, network, disks, keys and chance are all arguments: nothing here waits, and nothing is written anywhere.
"""
