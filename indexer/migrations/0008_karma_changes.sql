CREATE TABLE "indexer"."karma_change" (
	"id" text PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"role" text NOT NULL,
	"offer" text,
	"units" numeric(78, 0) NOT NULL,
	"balance" numeric(78, 0) NOT NULL,
	"points" numeric(78, 0) NOT NULL,
	"block" bigint NOT NULL,
	"timestamp" bigint NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "indexer"."cursor" ADD COLUMN "history_from" bigint DEFAULT 9007199254740991 NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."purchase" ADD COLUMN "licensee" text;--> statement-breakpoint
ALTER TABLE "indexer"."purchase" ADD COLUMN "seller" text;--> statement-breakpoint
CREATE INDEX "karma_change_newest" ON "indexer"."karma_change" USING btree ("block","id");--> statement-breakpoint
CREATE INDEX "karma_change_account" ON "indexer"."karma_change" USING btree ("account","role","timestamp","position");--> statement-breakpoint
CREATE INDEX "karma_change_time" ON "indexer"."karma_change" USING btree ("role","timestamp");--> statement-breakpoint
CREATE INDEX "journal_row" ON "indexer"."journal" USING btree ("fact","id","block");--> statement-breakpoint
CREATE INDEX "purchase_licensee" ON "indexer"."purchase" USING btree ("licensee","timestamp");--> statement-breakpoint
CREATE INDEX "purchase_seller" ON "indexer"."purchase" USING btree ("seller","timestamp");