/*
 * status: the legal state of a handover.
 *
 * What each asks of a checklist is in src/complete.c.
 */

CREATE TYPE @extschema@.status AS ENUM ('draft', 'submitted', 'accepted', 'closed', 'cancelled');
COMMENT ON TYPE @extschema@.status IS
    'draft: being written; submitted: with the receiver; accepted: taken over; closed: support has ended; cancelled: will not happen';
