CREATE TABLE session (key text PRIMARY KEY, person_id int NOT NULL, expires timestamptz NOT NULL);
CREATE TABLE room (id int PRIMARY KEY, last_seq bigint NOT NULL DEFAULT 0) WITH (fillfactor = 70);
CREATE TABLE member (room_id int REFERENCES room, person_id int, PRIMARY KEY (room_id, person_id));
CREATE INDEX ON member (person_id);
CREATE TABLE message (
  id bigserial PRIMARY KEY, room_id int NOT NULL REFERENCES room, seq bigint NOT NULL, sender_id int NOT NULL,
  cid uuid NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (room_id, seq), UNIQUE (sender_id, cid)
);
