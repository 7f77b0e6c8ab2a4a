-- Teams: named sets of the seller's people. A template is offered to sellers one by one, or to whoever belongs to a team then.
CREATE TABLE seller_team (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(60) NOT NULL UNIQUE CHECK (name <> ''),
    rev                INT NOT NULL DEFAULT 1
);
CREATE TABLE seller_team_member (
    team_id            BIGINT NOT NULL,
    seller_id          BIGINT NOT NULL,
    PRIMARY KEY (team_id, seller_id),
    FOREIGN KEY (team_id) REFERENCES seller_team (id),
    FOREIGN KEY (seller_id) REFERENCES seller_user (id)
);
CREATE TABLE quote_template_team (
    template_id        BIGINT NOT NULL,
    team_id            BIGINT NOT NULL,
    PRIMARY KEY (template_id, team_id),
    FOREIGN KEY (template_id) REFERENCES quote_template (id),
    FOREIGN KEY (team_id) REFERENCES seller_team (id)
);
