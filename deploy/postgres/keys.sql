-- The place of files' keys and of ballots in a PostgreSQL database (15 or newer) on a server of its own, and nothing else.
-- `parindex prepare --keys` runs this file as that database's administrator. It may be run again at any time.
--
-- On a server of its own, because a server's log and its base backups hold all its databases: what is erased here must be
-- gone from every backup ten days later, and what is in the log's own backups is kept for years. The settings that the
-- server needs are in deploy/RUNBOOK.md (Keys); the intake asks for them, and does not start without.

DO $$
DECLARE
  service text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'parindex_intake') THEN
    CREATE ROLE parindex_intake;
  END IF;
  ALTER ROLE parindex_intake LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

  -- Nobody else comes into this database, whatever other roles the server has.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  FOR service IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'parindex%' AND rolname <> 'parindex_intake' LOOP
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), service);
  END LOOP;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO parindex_intake', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS keys AUTHORIZATION parindex_intake;
CREATE SCHEMA IF NOT EXISTS ballots AUTHORIZATION parindex_intake;
REVOKE ALL ON SCHEMA keys, ballots FROM PUBLIC;

-- What was deleted leaves the server's log when a new segment is begun and the old ones are taken away: whoever deletes may
-- have that done, and look whether it was.
GRANT pg_checkpoint TO parindex_intake;
GRANT EXECUTE ON FUNCTION pg_switch_wal(), pg_ls_waldir() TO parindex_intake;
