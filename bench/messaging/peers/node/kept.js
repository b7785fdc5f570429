// What both peers share: who is signed in, who is in a room, and messages that are kept, each by one statement that takes
// the next number of its room.
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });

const WHO = "SELECT s.person_id AS id, m.room_id AS room FROM session s JOIN member m USING (person_id) WHERE s.key = $1 AND s.expires > now()";

const SAY = `
  WITH taken AS (
    UPDATE room SET last_seq = last_seq + 1
    WHERE id = $1 AND EXISTS (SELECT FROM member WHERE room_id = $1 AND person_id = $2)
    RETURNING last_seq
  )
  INSERT INTO message (room_id, seq, sender_id, cid, body) SELECT $1, last_seq, $2, $3, $4 FROM taken
  RETURNING id, seq::int, created_at`;

export const port = Number(process.env.PORT);

export async function signedIn(request) {
  if (request.headers.origin !== `http://127.0.0.1:${port}`) return null;
  const key = /(?:^|; )sessionid=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  const { rows } = await pool.query({ name: "who", text: WHO, values: [key] });
  return rows.length ? { id: rows[0].id, rooms: rows.map((row) => row.room) } : null;
}

export async function keep(person, { r, cid, b }) {
  try {
    const { rows } = await pool.query({ name: "say", text: SAY, values: [r, person.id, cid, b] });
    return rows[0];
  } catch (error) {
    if (error.code !== "23505") throw error; // said before
    const found = await pool.query("SELECT id, seq::int, created_at FROM message WHERE sender_id = $1 AND cid = $2", [person.id, cid]);
    return { ...found.rows[0], again: true };
  }
}
