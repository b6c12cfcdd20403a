"""The SQL of confirmations. Arrays in, rows out; each INSERT writes in the order of its unique key."""

READ_ATTEMPTS = b"""
SELECT id, petition_id, text_id, sealed, locale, text(network) AS network, source, held_reason,
       mail_domain
FROM signing_attempt WHERE id = ANY(%b::uuid[])
"""

INSERT_SUPPORTERS = b"""
INSERT INTO supporters_supporter
    (id, organisation_id, email_sealed, email_key, email_key_next, locale, created_at)
SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::text[],
                     %b::timestamptz[])
    AS s (id, organisation_id, email_sealed, email_key, email_key_next, locale, created_at)
ORDER BY organisation_id, email_key
ON CONFLICT DO NOTHING
RETURNING email_key, id
"""

# New alias rules may find two mailboxes to be one: then the one under the next epoch is the supporter.
# The last row wins, so a supporter under the live key goes before one under the next.
FIND_SUPPORTERS = b"""
SELECT wanted.email_key, s.id
FROM unnest(%b::bigint[], %b::bytea[], %b::bytea[]) AS wanted (organisation_id, email_key, email_key_next)
JOIN supporters_supporter s ON s.organisation_id = wanted.organisation_id
    AND (s.email_key = wanted.email_key OR s.email_key_next = wanted.email_key_next)
ORDER BY s.email_key = wanted.email_key
"""

INSERT_SIGNATURES = b"""
INSERT INTO signing_signature
    (id, petition_id, supporter_id, slot, attempt_id, text_id, name_key, sealed, display, public_name,
     country, postcode_area, locale, network, source, mail_domain, confirmed_at, state, withdrawn_by)
SELECT id, petition_id, supporter_id, slot, attempt_id, text_id, name_key, sealed, display, public_name,
       country, postcode_area, locale, network::inet, source, mail_domain, confirmed_at, 'confirmed', ''
FROM unnest(%b::uuid[], %b::bigint[], %b::uuid[], %b::smallint[], %b::uuid[], %b::bigint[], %b::bytea[],
            %b::bytea[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
            %b::text[], %b::timestamptz[])
    AS s (id, petition_id, supporter_id, slot, attempt_id, text_id, name_key, sealed, display, public_name,
          country, postcode_area, locale, network, source, mail_domain, confirmed_at)
ORDER BY petition_id, supporter_id, slot
ON CONFLICT DO NOTHING
RETURNING attempt_id
"""

EXISTING_SIGNATURES = b"""
SELECT DISTINCT s.id, s.petition_id, s.supporter_id, s.slot, s.attempt_id, s.name_key, s.state, s.withdrawn_by
FROM unnest(%b::bigint[], %b::uuid[]) AS wanted (petition_id, supporter_id)
JOIN signing_signature s USING (petition_id, supporter_id)
ORDER BY s.petition_id, s.supporter_id, s.slot
"""

RESTORE_SIGNATURES = b"""
UPDATE signing_signature SET state = 'confirmed', withdrawn_by = ''
WHERE id = ANY(%b) AND state = 'withdrawn' AND withdrawn_by = 'signer'
RETURNING id
"""

INSERT_EVENTS = b"""
INSERT INTO signing_signatureevent (id, signature_id, kind, at, reason)
SELECT *, '' FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[])
"""

INSERT_DELTAS = b"""
INSERT INTO signing_tallydelta (petition_id, delta) SELECT * FROM unnest(%b::bigint[], %b::integer[])
"""

INSERT_CONSENTS = b"""
INSERT INTO supporters_consent (id, supporter_id, wording_id, is_given, at, action, attempt_id)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::boolean[], %b::timestamptz[], %b::text[],
                     %b::uuid[])
ON CONFLICT DO NOTHING
"""
