ALTER TABLE "topics" ADD COLUMN "slow_minutes" integer;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "slow_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "slow_by_id" bigint;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "slow_reason" text;--> statement-breakpoint
CREATE INDEX "topics_slow" ON "topics" USING btree ("slow_until") WHERE "topics"."slow_until" is not null;