CREATE TABLE "search_thesaurus" (
	"word" text NOT NULL,
	"other" text NOT NULL,
	"rows" integer NOT NULL,
	CONSTRAINT "search_thesaurus_word_other_pk" PRIMARY KEY("word","other")
);
