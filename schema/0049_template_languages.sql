-- A template's texts in a second language: a quote in it takes them, and what is not written in it as it stands.
ALTER TABLE quote_template_version
    ADD COLUMN other_language     ENUM('fr', 'en') NULL AFTER confirmation, -- NULL: one language for all
    ADD COLUMN other_note         VARCHAR(2000) NOT NULL DEFAULT '' AFTER other_language,
    ADD COLUMN other_header       VARCHAR(500) NOT NULL DEFAULT '' AFTER other_note,
    ADD COLUMN other_footer       VARCHAR(500) NOT NULL DEFAULT '' AFTER other_header,
    ADD COLUMN other_terms        TEXT NOT NULL DEFAULT '' AFTER other_footer,
    ADD COLUMN other_confirmation VARCHAR(2000) NOT NULL DEFAULT '' AFTER other_terms,
    ADD CONSTRAINT other_texts_have_a_language CHECK (other_language IS NOT NULL OR
        (other_note = '' AND other_header = '' AND other_footer = '' AND other_terms = '' AND other_confirmation = ''));
ALTER TABLE quote_template_line
    ADD COLUMN other_description VARCHAR(500) NOT NULL DEFAULT '' AFTER description;
