/* sepa_text: what may stand in a SEPA message, and how other writing gets there.
 *
 * Allowed: a-z A-Z 0-9 / - ? : ( ) . , ' + and the blank (EPC217-08). Other characters are transliterated as that
 * document proposes: Latin letters lose their marks, ligatures and sharp s become two letters, Greek and Cyrillic
 * are written in Latin. What has no Latin writing becomes '?' and is reported, never dropped in silence. */
#ifndef TACITE_CORE_SEPA_TEXT_H
#define TACITE_CORE_SEPA_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { SEPA_NAME_MAX = 70, SEPA_TEXT_MAX = 140, SEPA_ID_MAX = 35 };

/* Writes at most max characters and the NUL to out (max + 1 bytes), blanks joined and trimmed. False when a character
 * had no transliteration or the text was cut: a name can live with it, whoever typed it should know. */
bool sepa_text(const char *text, size_t max, char *out);

/* An identifier that banks take as it is: 1 to 35 of the allowed characters, no blank, no '/' at either end, no "//". */
bool sepa_id_ok(const char *id);

#endif
