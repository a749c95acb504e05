DROP INDEX "review_items_open";--> statement-breakpoint
DROP INDEX "review_items_open_board";--> statement-breakpoint
DROP INDEX "review_items_decided";--> statement-breakpoint
CREATE INDEX "review_items_decided_kind" ON "review_items" USING btree ("kind","decided_at" DESC NULLS FIRST) WHERE "review_items"."decided_at" is not null;--> statement-breakpoint
CREATE INDEX "review_items_open_board" ON "review_items" USING btree ("board_id","kind","tier","opened_at","id") WHERE "review_items"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "review_items_decided" ON "review_items" USING btree ("decided_at" DESC NULLS FIRST) WHERE "review_items"."decided_at" is not null;