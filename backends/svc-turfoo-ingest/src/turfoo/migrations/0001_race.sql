CREATE TABLE race (
    id          text PRIMARY KEY,
    course      text NOT NULL,
    off_time    timestamptz NOT NULL,
    distance_m  integer NOT NULL,
    going       text NOT NULL,
    raw_key     text NOT NULL,
    -- When the card was accepted: an older card never replaces a newer one.
    accepted_at timestamptz NOT NULL,
    ingested_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX race_off_time ON race (off_time);

CREATE TABLE runner (
    race_id   text NOT NULL REFERENCES race (id) ON DELETE CASCADE,
    number    smallint NOT NULL,
    horse     text NOT NULL,
    jockey    text NOT NULL,
    trainer   text NOT NULL,
    weight_kg numeric(5, 2) NOT NULL,
    draw      smallint,
    PRIMARY KEY (race_id, number)
);
