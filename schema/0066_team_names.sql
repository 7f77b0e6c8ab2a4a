-- A team may be named by any characters: some compare equal to nothing at all.
ALTER TABLE seller_team MODIFY name VARCHAR(60) NOT NULL CHECK (CHAR_LENGTH(name) > 0);
