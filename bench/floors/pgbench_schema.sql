-- One row for each commit, about as large as an attempt, in the order of its key: nothing else to maintain.
DROP TABLE IF EXISTS bench_row;
CREATE TABLE bench_row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sealed bytea NOT NULL);
