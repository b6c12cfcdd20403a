-- The least that "durable" can cost: one transaction, one row of 400 bytes.
INSERT INTO bench_row (sealed) VALUES (decode(repeat('5e', 400), 'hex'));
