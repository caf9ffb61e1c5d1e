CREATE TABLE "indexer"."outbox" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "indexer"."outbox_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"block" bigint,
	"time" bigint NOT NULL,
	"subjects" text[] NOT NULL,
	"payload" jsonb NOT NULL,
	"undoes" bigint,
	"written_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."outbox_floor" (
	"id" integer PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."outbox_reader" (
	"name" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "indexer"."cursor" ADD COLUMN "telling" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "outbox_block" ON "indexer"."outbox" USING btree ("block");--> statement-breakpoint
CREATE INDEX "outbox_undoes" ON "indexer"."outbox" USING btree ("undoes");