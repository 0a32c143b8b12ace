-- The database commonpurse and its two roles; running it again changes nothing.
-- Read by the embedded server and, as superuser, by the database container when it is created.
-- The owner migrates. The web role starts with no right but to connect: prepare_database grants
-- the rest, and never UPDATE or DELETE on what is only ever appended to.
\set ON_ERROR_STOP on
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv web_password DATABASE_WEB_PASSWORD

SELECT 'CREATE ROLE commonpurse_owner LOGIN CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'commonpurse_owner') \gexec

SELECT 'CREATE ROLE commonpurse_web LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'commonpurse_web') \gexec

\if :{?owner_password}
ALTER ROLE commonpurse_owner PASSWORD :'owner_password';
\endif
\if :{?web_password}
ALTER ROLE commonpurse_web PASSWORD :'web_password';
\endif

-- A statement that casts holds a pseudonym and a ballot. Slow, failed or crashed, it stays out of the
-- server's log, and so do the rows that an error would quote. config/safety.py asks for these.
ALTER ROLE commonpurse_web SET log_statement = 'none';
ALTER ROLE commonpurse_web SET log_min_error_statement = 'panic';
ALTER ROLE commonpurse_web SET log_min_duration_statement = -1;
ALTER ROLE commonpurse_web SET log_min_duration_sample = -1;
ALTER ROLE commonpurse_web SET log_transaction_sample_rate = 0;
ALTER ROLE commonpurse_web SET log_parameter_max_length_on_error = 0;
ALTER ROLE commonpurse_web SET log_error_verbosity = 'terse';
ALTER ROLE commonpurse_web SET track_activities = off;

SELECT 'CREATE DATABASE commonpurse OWNER commonpurse_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'commonpurse') \gexec

REVOKE ALL ON DATABASE commonpurse FROM PUBLIC;
GRANT CONNECT ON DATABASE commonpurse TO commonpurse_web;
