<!DOCTYPE html>
<html lang="<?cs var:Mail.lang ?>">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title><?cs var:Mail.subject ?></title></head>
<body style="margin:0;padding:0;background:#f4f6f9;color:#1b2430;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:24px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f4f6f9"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #d5dbe3;border-radius:6px">
<tr><td style="padding:20px 28px;border-bottom:1px solid #d5dbe3;font-size:17px;font-weight:bold"><?cs var:Mail.sender ?></td></tr>
<tr><td style="padding:24px 28px">
<p style="margin:0 0 16px"><?cs var:Mail.greeting ?></p><?cs each:p = Mail.paragraphs ?>
<p style="margin:0 0 16px"><?cs var:p.text ?></p><?cs /each ?><?cs if:?Mail.quoted ?>
<blockquote style="margin:0 0 16px;padding:8px 16px;border-left:4px solid #1f4fa8;background:#f4f6f9;white-space:pre-line"><?cs var:Mail.quoted ?></blockquote><?cs /if ?><?cs if:subcount(Mail.facts) ?>
<table cellpadding="0" cellspacing="0" border="0" width="100%" style="margin:0 0 20px;border-top:1px solid #d5dbe3"><?cs each:f = Mail.facts ?><?cs if:?f.heading ?>
<tr><th align="left" valign="top" colspan="2" style="padding:20px 0 8px;border-bottom:2px solid #d5dbe3"><?cs var:f.label ?></th></tr><?cs else ?>
<tr><th align="left" valign="top" style="padding:8px 16px 8px 0;border-bottom:1px solid #d5dbe3;font-weight:normal;color:#4a5666"><?cs var:f.label ?></th><td align="right" valign="top" style="padding:8px 0;border-bottom:1px solid #d5dbe3;font-weight:bold;word-wrap:break-word"><?cs var:f.value ?></td></tr><?cs /if ?><?cs /each ?>
</table><?cs /if ?><?cs if:?Mail.button ?>
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px"><tr><td style="background:#1f4fa8;border-radius:6px"><a href="<?cs var:Mail.href ?>" style="display:inline-block;padding:12px 24px;color:#ffffff;font-weight:bold;text-decoration:none"><?cs var:Mail.button ?></a></td></tr></table>
<p style="margin:0 0 16px;font-size:13px;line-height:18px;color:#4a5666;word-break:break-all"><?cs var:Mail.href ?></p><?cs /if ?><?cs if:?Mail.after ?>
<p style="margin:0 0 16px;color:#4a5666"><?cs var:Mail.after ?></p><?cs /if ?>
<p style="margin:16px 0 0"><?cs var:Mail.closing ?><br><?cs var:Mail.sender ?></p>
</td></tr>
<tr><td style="padding:16px 28px;border-top:1px solid #d5dbe3;font-size:13px;line-height:18px;color:#4a5666"><?cs each:l = Mail.footer ?><?cs var:l.text ?><br><?cs /each ?></td></tr>
</table>
</td></tr></table>
</body>
</html>
