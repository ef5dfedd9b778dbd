-- Roles, schemas and privileges of PAR Index Ledger in one PostgreSQL database (15 or newer), and nothing else.
-- `parindex prepare` runs this file as the database's administrator, makes the log's tables, and runs it once more, now
-- that they are there. It may be run again at any time, by psql too: it ends in the same privileges, whatever was granted
-- or revoked by hand in between.
--
-- Who owns a table can do anything to it, take its triggers away included. So the log's tables belong to parindex_owner,
-- which nobody can log in as and no service is a member of. An administrator of the database (a superuser) stands above
-- all of this: what he does to the log is found by a head kept elsewhere, not kept from happening here.

DO $$
DECLARE
  service text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'parindex_owner') THEN
    CREATE ROLE parindex_owner;
  END IF;
  ALTER ROLE parindex_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

  -- One login for each service that runs apart. Without a password nobody can use it yet:
  --   ALTER ROLE parindex_ledger PASSWORD '...';
  FOREACH service IN ARRAY ARRAY['ledger', 'signer', 'index', 'ranking', 'identity', 'dashboard', 'inspector', 'intake'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'parindex_' || service) THEN
      EXECUTE format('CREATE ROLE %I', 'parindex_' || service);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
      'parindex_' || service);
  END LOOP;

  -- The login of one process that is all services: it inherits nothing, each of its parts takes its own role.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'parindex') THEN
    CREATE ROLE parindex;
  END IF;
  ALTER ROLE parindex LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  GRANT parindex_ledger, parindex_signer, parindex_index, parindex_ranking, parindex_identity, parindex_dashboard,
    parindex_inspector, parindex_intake TO parindex;
  FOR service IN SELECT member.rolname FROM pg_auth_members JOIN pg_roles member ON member.oid = pg_auth_members.member
    WHERE roleid = 'parindex_owner'::regrole AND member.rolname LIKE 'parindex%' LOOP
    EXECUTE format('REVOKE parindex_owner FROM %I', service);
  END LOOP;

  -- The database is nobody's but these.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO parindex, parindex_ledger, parindex_signer, parindex_index, parindex_ranking, '
    'parindex_identity, parindex_dashboard, parindex_inspector, parindex_intake', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- The log: its tables belong to the owner. The projections and the tokens belong to those who keep them, because they
-- can be made anew from the log, or hold nothing that the log does not bind.
CREATE SCHEMA IF NOT EXISTS ledger AUTHORIZATION parindex_owner;
CREATE SCHEMA IF NOT EXISTS index AUTHORIZATION parindex_index;
CREATE SCHEMA IF NOT EXISTS ranking AUTHORIZATION parindex_ranking;
CREATE SCHEMA IF NOT EXISTS identity AUTHORIZATION parindex_identity;
-- Who was handed which file. Files' keys and ballots are in no schema here: they have a server of their own (keys.sql).
CREATE SCHEMA IF NOT EXISTS access AUTHORIZATION parindex_intake;
-- A rebuild makes the next generation of a projection here, beside the one that serves, and moves its tables over.
CREATE SCHEMA IF NOT EXISTS index_next AUTHORIZATION parindex_index;
CREATE SCHEMA IF NOT EXISTS ranking_next AUTHORIZATION parindex_ranking;

REVOKE ALL ON SCHEMA ledger, index, ranking, identity, access, index_next, ranking_next FROM PUBLIC, parindex,
  parindex_ledger, parindex_signer, parindex_dashboard, parindex_inspector;
REVOKE ALL ON SCHEMA ledger, access FROM parindex_index, parindex_ranking, parindex_identity;
REVOKE ALL ON SCHEMA ledger, index, ranking, identity, index_next, ranking_next FROM parindex_intake;
GRANT USAGE ON SCHEMA ledger TO parindex_ledger, parindex_signer, parindex_dashboard, parindex_inspector, parindex_intake;
GRANT USAGE ON SCHEMA index, ranking TO parindex_dashboard, parindex_inspector;
-- The inspector looks at the next generation before anyone else may.
GRANT USAGE ON SCHEMA index_next, ranking_next TO parindex_inspector;

-- The readers of the projections, of tables that are there and of those that a rebuild will make: a table takes along who
-- may read it.
REVOKE ALL ON ALL TABLES IN SCHEMA index, ranking, index_next, ranking_next FROM PUBLIC, parindex_signer,
  parindex_dashboard, parindex_inspector, parindex_intake;
GRANT SELECT ON ALL TABLES IN SCHEMA index, ranking, index_next, ranking_next TO parindex_dashboard, parindex_inspector;
ALTER DEFAULT PRIVILEGES FOR ROLE parindex_index IN SCHEMA index, index_next
  GRANT SELECT ON TABLES TO parindex_dashboard, parindex_inspector;
ALTER DEFAULT PRIVILEGES FOR ROLE parindex_ranking IN SCHEMA ranking, ranking_next
  GRANT SELECT ON TABLES TO parindex_dashboard, parindex_inspector;

-- The log's tables, once they are there: INSERT alone, but for the one row that says where the log ends, which moves under
-- the fence. Nobody may UPDATE, DELETE or TRUNCATE events, and triggers refuse it to the owner too.
DO $$
BEGIN
  IF to_regclass('ledger.events') IS NOT NULL AND to_regclass('ledger.head') IS NOT NULL THEN
    REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC, parindex, parindex_ledger, parindex_signer, parindex_index,
      parindex_ranking, parindex_identity, parindex_dashboard, parindex_inspector, parindex_intake;
    GRANT SELECT, INSERT ON ledger.events, ledger.head TO parindex_ledger;
    GRANT UPDATE ON ledger.head TO parindex_ledger;
    GRANT SELECT ON ledger.format TO parindex_ledger;
    -- Who signs the log, who audits it, and who asks it for rights, to files or to pages, read it, each for himself, and write nothing
    -- of it.
    GRANT SELECT ON ledger.events, ledger.head, ledger.format TO parindex_signer, parindex_dashboard, parindex_inspector,
      parindex_intake;
  END IF;
END
$$;
