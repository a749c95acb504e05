-- Open pages hear that somebody's count of unread notices is another one, whoever changed it: the payload is his id.
CREATE FUNCTION whisper_bells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('hiroba_whispers', 'bell:' || account_id) FROM (SELECT DISTINCT account_id FROM changed) whose;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER notices_given AFTER INSERT ON notices REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION whisper_bells();
--> statement-breakpoint
CREATE TRIGGER notices_read AFTER UPDATE ON notices REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION whisper_bells();
