-- One row for each commit, about as large as an attempt and found by its primary key: nothing else to maintain.
DROP TABLE IF EXISTS bench_row;
CREATE TABLE bench_row (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), sealed bytea NOT NULL);
