-- For people and tools that look at races and must not change them: GRANT turfoo_readonly TO <login>.
-- Runs once, on an empty data directory, as the owner of the database, who also runs the migrations; so what the
-- migrations create is readable without a grant in each of them.
CREATE ROLE turfoo_readonly NOLOGIN;
GRANT USAGE ON SCHEMA public TO turfoo_readonly;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO turfoo_readonly;
