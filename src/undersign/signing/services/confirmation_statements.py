"""The SQL of confirmations. Arrays in, rows out; INSERTs that may meet write in the order of a unique key."""

READ_ATTEMPTS = b"""
SELECT id, petition_id, text_id, sealed, locale, text(network) AS network, source, held_reason,
       mail_domain
FROM signing_attempt WHERE id = ANY(%b::uuid[])
"""

# All that a batch of confirmations writes. The parts of a statement see what the others return, but none of
# their rows, nor what has been committed since it began. So a supporter who was made meanwhile is not known;
# then nobody signs yet, since signatures written before and after would not be in order.
# New alias rules may find two mailboxes to be one: then the one under the next epoch is the supporter, unless
# there is one under the live epoch.
# The event of a signature's confirmation has the signature's id: there is one for each.
CONFIRM = b"""
WITH asked AS (
    SELECT *
    FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::uuid[],
                %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[],
                %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
        AS a (attempt_id, supporter_id, organisation_id, email_sealed, email_key, email_key_next,
              signature_id, petition_id, text_id, name_key, sealed, display, public_name, country,
              postcode_area, locale, network, source, mail_domain, at)
), made AS (
    INSERT INTO supporters_supporter
        (id, organisation_id, email_sealed, email_key, email_key_next, locale, created_at)
    SELECT supporter_id, organisation_id, email_sealed, email_key, email_key_next, locale, at FROM asked
    ORDER BY organisation_id, email_key
    ON CONFLICT DO NOTHING
    RETURNING organisation_id, email_key, id
), owned AS (
    SELECT asked.*, coalesce(made.id, (
        SELECT s.id FROM supporters_supporter s
        WHERE s.organisation_id = asked.organisation_id
            AND (s.email_key = asked.email_key OR s.email_key_next = asked.email_key_next)
        ORDER BY s.email_key = asked.email_key DESC LIMIT 1)) AS owner_id
    FROM asked LEFT JOIN made USING (organisation_id, email_key)
), signers AS (
    SELECT * FROM owned WHERE NOT EXISTS (SELECT FROM owned WHERE owner_id IS NULL)
), signed AS (
    INSERT INTO signing_signature
        (id, petition_id, supporter_id, slot, attempt_id, text_id, name_key, sealed, display, public_name,
         country, postcode_area, locale, network, source, mail_domain, confirmed_at, state, withdrawn_by)
    SELECT signature_id, petition_id, owner_id, %b::smallint AS slot, attempt_id, text_id, name_key, sealed,
           display, public_name, country, postcode_area, locale, network::inet, source, mail_domain, at,
           'confirmed', ''
    FROM signers
    ORDER BY petition_id, owner_id, attempt_id
    ON CONFLICT DO NOTHING
    RETURNING id, petition_id, attempt_id, confirmed_at
), events AS (
    INSERT INTO signing_signatureevent (id, signature_id, kind, at, reason)
    SELECT id, id, 'confirmed', confirmed_at, '' FROM signed
), deltas AS (
    INSERT INTO signing_tallydelta (petition_id, delta)
    SELECT petition_id, count(*) FROM signed GROUP BY petition_id
), consents AS (
    INSERT INTO supporters_consent (id, supporter_id, wording_id, is_given, at, action, attempt_id)
    SELECT answer.id, owner_id, wording_id, is_given, at, 'petition:' || petition_id, attempt_id
    FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::boolean[])
        AS answer (id, attempt_id, wording_id, is_given)
    JOIN signers USING (attempt_id)
    ORDER BY attempt_id, wording_id
    ON CONFLICT DO NOTHING
)
SELECT attempt_id, owner_id, signed.id IS NOT NULL
FROM signers LEFT JOIN signed USING (attempt_id)
"""

EXISTING_SIGNATURES = b"""
SELECT DISTINCT s.id, s.petition_id, s.supporter_id, s.slot, s.attempt_id, s.name_key, s.state, s.withdrawn_by
FROM unnest(%b::bigint[], %b::uuid[]) AS wanted (petition_id, supporter_id)
JOIN signing_signature s USING (petition_id, supporter_id)
ORDER BY s.petition_id, s.supporter_id, s.slot
"""

RESTORE = b"""
WITH asked AS (
    SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::timestamptz[]) AS a (signature_id, event_id, at)
), restored AS (
    UPDATE signing_signature SET state = 'confirmed', withdrawn_by = ''
    FROM asked WHERE id = signature_id AND state = 'withdrawn' AND withdrawn_by = 'signer'
    RETURNING id, petition_id, event_id, at
), events AS (
    INSERT INTO signing_signatureevent (id, signature_id, kind, at, reason)
    SELECT event_id, id, 'restored', at, '' FROM restored
), deltas AS (
    INSERT INTO signing_tallydelta (petition_id, delta)
    SELECT petition_id, count(*) FROM restored GROUP BY petition_id
)
SELECT id FROM restored
"""
