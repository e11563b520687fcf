-- Make the first tables.

CREATE SEQUENCE journal_position_seq;

CREATE TABLE api_keys (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest BYTEA NOT NULL,
    grants TEXT[] NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    hub_id UUID,
    shipper_id UUID,
    partner_id UUID,
    driver_id UUID,
    CONSTRAINT api_keys_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT api_keys_prefix_key UNIQUE (prefix)
);

CREATE TABLE attempts (
    organisation_id UUID NOT NULL,
    stop_id UUID NOT NULL,
    order_id UUID NOT NULL,
    route_id UUID NOT NULL,
    driver_id UUID NOT NULL,
    number BIGINT NOT NULL,
    outcome VARCHAR(64) NOT NULL,
    told_by UUID NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    detail VARCHAR(64),
    reason VARCHAR(64),
    sub_code TEXT NOT NULL,
    parcels JSONB NOT NULL,
    handed JSONB NOT NULL,
    unpaid_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    distance_m BIGINT,
    decision VARCHAR(64),
    because JSONB NOT NULL,
    not_before_on DATE,
    point_ref TEXT NOT NULL,
    charge_minor BIGINT NOT NULL,
    disputed BOOLEAN NOT NULL,
    evidence BYTEA NOT NULL,
    evidence_sha256 TEXT NOT NULL,
    CONSTRAINT attempts_pkey PRIMARY KEY (organisation_id, stop_id, order_id)
);

CREATE INDEX attempts_order_idx ON attempts (organisation_id, order_id);

CREATE TABLE audit_entries (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    address TEXT,
    details JSONB NOT NULL,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (organisation_id, id)
);

CREATE INDEX audit_entries_organisation_id_actor_id_idx ON audit_entries (organisation_id, actor, id);

CREATE INDEX audit_entries_organisation_id_record_kind_record_id_id_idx ON audit_entries (organisation_id, record_kind, record_id, id);

CREATE TABLE calendars (
    organisation_id UUID NOT NULL,
    code TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    weekdays JSONB NOT NULL,
    holidays JSONB NOT NULL,
    extra_days JSONB NOT NULL,
    opens_s BIGINT NOT NULL,
    closes_s BIGINT NOT NULL,
    CONSTRAINT calendars_pkey PRIMARY KEY (organisation_id, code)
);

CREATE TABLE depots (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT depots_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT depots_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE door_payments (
    organisation_id UUID NOT NULL,
    proof_id UUID NOT NULL,
    act_id UUID NOT NULL,
    route_id UUID NOT NULL,
    stop_id UUID NOT NULL,
    order_id UUID NOT NULL,
    driver_id UUID NOT NULL,
    method VARCHAR(64) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    tendered_minor BIGINT NOT NULL,
    change_minor BIGINT NOT NULL,
    reference TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT door_payments_pkey PRIMARY KEY (organisation_id, proof_id)
);

CREATE INDEX door_payments_order_idx ON door_payments (organisation_id, order_id);

CREATE INDEX door_payments_route_idx ON door_payments (organisation_id, route_id);

CREATE TABLE door_terms (
    organisation_id UUID NOT NULL,
    shipper_id UUID NOT NULL,
    matrix JSONB NOT NULL,
    point_ref TEXT NOT NULL,
    unpaid_may_stay_open BOOLEAN NOT NULL,
    CONSTRAINT door_terms_pkey PRIMARY KEY (organisation_id, shipper_id)
);

CREATE TABLE door_wishes (
    organisation_id UUID NOT NULL,
    order_id UUID NOT NULL,
    contactless BOOLEAN NOT NULL,
    safe_place TEXT NOT NULL,
    safe_place_agreed TEXT NOT NULL,
    agreed_at TIMESTAMP WITH TIME ZONE,
    instructions TEXT NOT NULL,
    neighbour TEXT NOT NULL,
    code_digest TEXT NOT NULL,
    of_age_only BOOLEAN NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT door_wishes_pkey PRIMARY KEY (organisation_id, order_id)
);

CREATE TABLE driver_acts (
    organisation_id UUID NOT NULL,
    act_id UUID NOT NULL,
    route_id UUID NOT NULL,
    stop_id UUID,
    order_id UUID,
    driver_id UUID NOT NULL,
    device_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    name TEXT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_offset_ms BIGINT NOT NULL,
    clock_skewed BOOLEAN NOT NULL,
    fingerprint TEXT NOT NULL,
    body JSONB NOT NULL,
    answer JSONB NOT NULL,
    CONSTRAINT driver_acts_pkey PRIMARY KEY (organisation_id, act_id)
);

CREATE INDEX driver_acts_order_idx ON driver_acts (organisation_id, order_id) WHERE order_id IS NOT NULL;

CREATE INDEX driver_acts_route_idx ON driver_acts (organisation_id, route_id);

CREATE TABLE driver_devices (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    driver_id UUID NOT NULL,
    name TEXT NOT NULL,
    link_digest BYTEA NOT NULL,
    digest BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    link_expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    bound_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT driver_devices_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT driver_devices_digest_key UNIQUE (digest),
    CONSTRAINT driver_devices_link_digest_key UNIQUE (link_digest)
);

CREATE INDEX driver_devices_organisation_id_driver_id_idx ON driver_devices (organisation_id, driver_id);

CREATE TABLE drivers (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT drivers_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT drivers_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE hubs (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT hubs_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT hubs_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE installation (
    "only" BOOLEAN NOT NULL,
    signing_key BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT installation_pkey PRIMARY KEY ("only")
);

CREATE TABLE journal (
    organisation_id UUID NOT NULL,
    position BIGINT NOT NULL,
    id UUID NOT NULL,
    stream_kind TEXT NOT NULL,
    stream_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    actor TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT journal_pkey PRIMARY KEY (organisation_id, position),
    CONSTRAINT journal_organisation_id_id_key UNIQUE (organisation_id, id),
    CONSTRAINT journal_organisation_id_stream_kind_stream_id_sequence_key UNIQUE (organisation_id, stream_kind, stream_id, sequence)
);

CREATE TABLE journal_streams (
    organisation_id UUID NOT NULL,
    kind TEXT NOT NULL,
    id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT journal_streams_pkey PRIMARY KEY (organisation_id, kind, id)
);

CREATE TABLE kept_answers (
    organisation_id UUID NOT NULL,
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT NOT NULL,
    headers JSONB NOT NULL,
    body BYTEA NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT kept_answers_pkey PRIMARY KEY (organisation_id, owner, key)
);

CREATE INDEX kept_answers_answered_at_idx ON kept_answers (answered_at);

CREATE TABLE operations (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    state VARCHAR(64) NOT NULL,
    progress DOUBLE PRECISION NOT NULL,
    result JSONB,
    errors TEXT[] NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    cancel_asked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT operations_pkey PRIMARY KEY (organisation_id, id)
);

CREATE INDEX operations_ended_at_idx ON operations (ended_at);

CREATE INDEX operations_organisation_id_owner_asked_at_idx ON operations (organisation_id, owner, asked_at);

CREATE TABLE organisations (
    organisation_id UUID NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    admins_need_totp BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT organisations_pkey PRIMARY KEY (organisation_id),
    CONSTRAINT organisations_name_key_key UNIQUE (name_key)
);

CREATE TABLE plans (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    service_on DATE NOT NULL,
    depot_refs TEXT[] NOT NULL,
    name TEXT NOT NULL,
    is_what_if BOOLEAN NOT NULL,
    latest_version BIGINT NOT NULL,
    published_version BIGINT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT plans_pkey PRIMARY KEY (organisation_id, id)
);

CREATE INDEX plans_day_idx ON plans (organisation_id, service_on);

CREATE TABLE proofs (
    organisation_id UUID NOT NULL,
    proof_id UUID NOT NULL,
    act_id UUID NOT NULL,
    route_id UUID NOT NULL,
    stop_id UUID NOT NULL,
    order_id UUID NOT NULL,
    kind VARCHAR(64) NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    distance_m BIGINT,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT proofs_pkey PRIMARY KEY (organisation_id, proof_id)
);

CREATE INDEX proofs_file_idx ON proofs (organisation_id, sha256) WHERE sha256 <> '';

CREATE INDEX proofs_order_idx ON proofs (organisation_id, order_id);

CREATE TABLE reactions_done (
    organisation_id UUID NOT NULL,
    event_id UUID NOT NULL,
    reaction TEXT NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT reactions_done_pkey PRIMARY KEY (organisation_id, event_id, reaction)
);

CREATE INDEX reactions_done_done_at_idx ON reactions_done (done_at);

CREATE TABLE shippers (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    service_level TEXT NOT NULL,
    policy JSONB NOT NULL,
    active BOOLEAN NOT NULL,
    CONSTRAINT shippers_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT shippers_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE skills (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT skills_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT skills_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE stop_reports (
    organisation_id UUID NOT NULL,
    stop_id UUID NOT NULL,
    route_id UUID NOT NULL,
    stage VARCHAR(64) NOT NULL,
    outcome VARCHAR(64) NOT NULL,
    arrived_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    left_at TIMESTAMP WITH TIME ZONE,
    waiting_s BIGINT,
    service_s BIGINT,
    CONSTRAINT stop_reports_pkey PRIMARY KEY (organisation_id, stop_id)
);

CREATE INDEX stop_reports_route_idx ON stop_reports (organisation_id, route_id);

CREATE TABLE sub_reasons (
    organisation_id UUID NOT NULL,
    code TEXT NOT NULL,
    under VARCHAR(64) NOT NULL,
    words JSONB NOT NULL,
    photo_required BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    CONSTRAINT sub_reasons_pkey PRIMARY KEY (organisation_id, code)
);

CREATE TABLE tracking_alerts (
    organisation_id UUID NOT NULL,
    alert_id UUID NOT NULL,
    route_id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    kind TEXT NOT NULL,
    stop_id UUID,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    late_s BIGINT NOT NULL,
    reasons JSONB NOT NULL,
    cleared_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT tracking_alerts_pkey PRIMARY KEY (organisation_id, alert_id)
);

CREATE UNIQUE INDEX tracking_alerts_open_idx ON tracking_alerts (organisation_id, route_id, kind, coalesce(stop_id, route_id)) WHERE cleared_at IS NULL;

CREATE INDEX tracking_alerts_organisation_id_raised_at_idx ON tracking_alerts (organisation_id, raised_at);

CREATE TABLE tracking_chunks (
    organisation_id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fixes BIGINT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT tracking_chunks_pkey PRIMARY KEY (organisation_id, vehicle_id, starts_at)
);

CREATE INDEX tracking_chunks_organisation_id_starts_at_idx ON tracking_chunks (organisation_id, starts_at);

CREATE TABLE tracking_duties (
    organisation_id UUID NOT NULL,
    duty_id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT tracking_duties_pkey PRIMARY KEY (organisation_id, duty_id)
);

CREATE INDEX tracking_duties_organisation_id_vehicle_id_idx ON tracking_duties (organisation_id, vehicle_id);

CREATE TABLE tracking_open_fixes (
    organisation_id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    accuracy_m DOUBLE PRECISION,
    speed_mps DOUBLE PRECISION,
    heading_deg DOUBLE PRECISION,
    CONSTRAINT tracking_open_fixes_pkey PRIMARY KEY (organisation_id, vehicle_id, at)
);

CREATE TABLE tracking_quarantine (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    device_id UUID NOT NULL,
    fix_id UUID,
    reason TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT tracking_quarantine_pkey PRIMARY KEY (organisation_id, id)
);

CREATE INDEX tracking_quarantine_organisation_id_received_at_idx ON tracking_quarantine (organisation_id, received_at);

CREATE INDEX tracking_quarantine_organisation_id_vehicle_id_received_at_idx ON tracking_quarantine (organisation_id, vehicle_id, received_at);

CREATE TABLE tracking_receipts (
    organisation_id UUID NOT NULL,
    device_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    sent BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    quarantined JSONB NOT NULL,
    clock_offset_s DOUBLE PRECISION,
    clock_is_off BOOLEAN NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT tracking_receipts_pkey PRIMARY KEY (organisation_id, device_id, batch_id)
);

CREATE INDEX tracking_receipts_organisation_id_received_at_idx ON tracking_receipts (organisation_id, received_at);

CREATE TABLE tracking_routes (
    organisation_id UUID NOT NULL,
    route_id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    version BIGINT NOT NULL,
    route JSONB NOT NULL,
    leaves_at TIMESTAMP WITH TIME ZONE NOT NULL,
    shift_ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    departed_at TIMESTAMP WITH TIME ZONE,
    reached BIGINT DEFAULT '0' NOT NULL,
    is_under_way BOOLEAN DEFAULT 'false' NOT NULL,
    breaks_taken BIGINT DEFAULT '0' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    returns_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT tracking_routes_pkey PRIMARY KEY (organisation_id, route_id)
);

CREATE INDEX tracking_routes_open_idx ON tracking_routes (organisation_id, vehicle_id) WHERE closed_at IS NULL;

CREATE TABLE tracking_stops (
    organisation_id UUID NOT NULL,
    route_id UUID NOT NULL,
    stop_id UUID NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    arrived_at TIMESTAMP WITH TIME ZONE,
    left_at TIMESTAMP WITH TIME ZONE,
    expected_at TIMESTAMP WITH TIME ZONE,
    leaves_at TIMESTAMP WITH TIME ZONE,
    earliest_at TIMESTAMP WITH TIME ZONE,
    latest_at TIMESTAMP WITH TIME ZONE,
    stops_before BIGINT,
    late_s BIGINT,
    late_risk DOUBLE PRECISION,
    told_at TIMESTAMP WITH TIME ZONE,
    approached_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT tracking_stops_pkey PRIMARY KEY (organisation_id, route_id, stop_id)
);

CREATE INDEX tracking_stops_organisation_id_stop_id_idx ON tracking_stops (organisation_id, stop_id);

CREATE TABLE tracking_tokens (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT tracking_tokens_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT tracking_tokens_digest_key UNIQUE (digest)
);

CREATE INDEX tracking_tokens_organisation_id_order_id_idx ON tracking_tokens (organisation_id, order_id);

CREATE TABLE tracking_trails (
    organisation_id UUID NOT NULL,
    vehicle_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    speed_mps DOUBLE PRECISION,
    heading_deg DOUBLE PRECISION,
    received_at TIMESTAMP WITH TIME ZONE,
    clock_offset_s DOUBLE PRECISION,
    route_id UUID,
    hub TEXT DEFAULT '' NOT NULL,
    memory JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT tracking_trails_pkey PRIMARY KEY (organisation_id, vehicle_id)
);

CREATE TABLE users (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    email TEXT,
    name TEXT NOT NULL,
    role VARCHAR(64) NOT NULL,
    password_hash TEXT,
    totp_secret TEXT,
    totp_confirmed_at TIMESTAMP WITH TIME ZONE,
    totp_last_step BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    erased_at TIMESTAMP WITH TIME ZONE,
    hub_id UUID,
    shipper_id UUID,
    partner_id UUID,
    driver_id UUID,
    CONSTRAINT users_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT users_email_key UNIQUE (email)
);

CREATE TABLE vehicles (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT vehicles_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT vehicles_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE webhook_endpoints (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    owner TEXT NOT NULL,
    url TEXT NOT NULL,
    types TEXT[] NOT NULL,
    description TEXT NOT NULL,
    secrets JSONB NOT NULL,
    enabled BOOLEAN NOT NULL,
    off_reason VARCHAR(64),
    failures BIGINT NOT NULL,
    rests_until TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (organisation_id, id)
);

CREATE INDEX webhook_endpoints_organisation_id_owner_idx ON webhook_endpoints (organisation_id, owner);

CREATE TABLE work_calendars (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT work_calendars_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT work_calendars_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE wrong_tries (
    bucket BYTEA NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tries BIGINT NOT NULL,
    CONSTRAINT wrong_tries_pkey PRIMARY KEY (bucket)
);

CREATE INDEX wrong_tries_ends_at_idx ON wrong_tries (ends_at);

CREATE TABLE zones (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT zones_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT zones_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE TABLE orders (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    shipper_id UUID NOT NULL,
    external_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    state VARCHAR(64) NOT NULL,
    state_since TIMESTAMP WITH TIME ZONE NOT NULL,
    state_by VARCHAR(64) NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts BIGINT NOT NULL,
    hold VARCHAR(64),
    failure_reason VARCHAR(64),
    failure_sub_reason TEXT NOT NULL,
    failure_decision VARCHAR(64),
    failed_at TIMESTAMP WITH TIME ZONE,
    completion VARCHAR(64),
    completed_at TIMESTAMP WITH TIME ZONE,
    route_id UUID,
    continues UUID,
    duplicate_of UUID,
    kind VARCHAR(64) NOT NULL,
    address TEXT NOT NULL,
    commune TEXT NOT NULL,
    city TEXT NOT NULL,
    postcode TEXT NOT NULL,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    grade VARCHAR(64) NOT NULL,
    access_notes TEXT NOT NULL,
    zone_ref TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    locale TEXT NOT NULL,
    consents JSONB NOT NULL,
    service_on DATE,
    windows JSONB NOT NULL,
    service_s BIGINT,
    priority VARCHAR(64) NOT NULL,
    skills TEXT[] NOT NULL,
    vehicle_kinds TEXT[] NOT NULL,
    proofs TEXT[] NOT NULL,
    depot_ref TEXT NOT NULL,
    driver_ref TEXT NOT NULL,
    cash_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    notes TEXT NOT NULL,
    tags TEXT[] NOT NULL,
    source TEXT NOT NULL,
    weight_g BIGINT NOT NULL,
    volume_ml BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    service_level TEXT NOT NULL,
    ready_at TIMESTAMP WITH TIME ZONE,
    first_promise JSONB,
    promise JSONB,
    plan_window JSONB,
    search_text TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT orders_organisation_id_shipper_id_fkey FOREIGN KEY(organisation_id, shipper_id) REFERENCES shippers (organisation_id, id),
    CONSTRAINT orders_organisation_id_shipper_id_external_id_key UNIQUE (organisation_id, shipper_id, external_id)
);

CREATE INDEX orders_day_idx ON orders (organisation_id, service_on, state);

CREATE INDEX orders_email_idx ON orders (organisation_id, email);

CREATE INDEX orders_external_idx ON orders (organisation_id, external_id);

CREATE INDEX orders_phone_idx ON orders (organisation_id, phone);

CREATE INDEX orders_print_idx ON orders (organisation_id, fingerprint);

CREATE INDEX orders_route_idx ON orders (organisation_id, route_id) WHERE route_id IS NOT NULL;

CREATE INDEX orders_state_idx ON orders (organisation_id, state, id);

CREATE TABLE plan_versions (
    organisation_id UUID NOT NULL,
    plan_id UUID NOT NULL,
    version BIGINT NOT NULL,
    based_on BIGINT,
    cause VARCHAR(64) NOT NULL,
    time_zone TEXT NOT NULL,
    plan JSONB NOT NULL,
    order_ids JSONB NOT NULL,
    order_versions JSONB NOT NULL,
    crews JSONB NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by TEXT NOT NULL,
    CONSTRAINT plan_versions_pkey PRIMARY KEY (organisation_id, plan_id, version),
    CONSTRAINT plan_versions_organisation_id_plan_id_fkey FOREIGN KEY(organisation_id, plan_id) REFERENCES plans (organisation_id, id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    organisation_id UUID NOT NULL,
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (organisation_id, user_id, digest),
    CONSTRAINT recovery_codes_organisation_id_user_id_fkey FOREIGN KEY(organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE
);

CREATE TABLE routes (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    plan_id UUID NOT NULL,
    plan_version BIGINT NOT NULL,
    service_on DATE NOT NULL,
    ref TEXT NOT NULL,
    state VARCHAR(64) NOT NULL,
    version BIGINT NOT NULL,
    driver_ref TEXT NOT NULL,
    vehicle_ref TEXT NOT NULL,
    shift_ref TEXT NOT NULL,
    driver_id UUID,
    vehicle_id UUID,
    starts_s BIGINT NOT NULL,
    is_locked BOOLEAN NOT NULL,
    is_broken BOOLEAN NOT NULL,
    time_zone TEXT NOT NULL,
    sheet JSONB NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT routes_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT routes_organisation_id_plan_id_fkey FOREIGN KEY(organisation_id, plan_id) REFERENCES plans (organisation_id, id)
);

CREATE INDEX routes_day_idx ON routes (organisation_id, service_on, state);

CREATE INDEX routes_driver_idx ON routes (organisation_id, driver_ref, service_on);

CREATE INDEX routes_plan_idx ON routes (organisation_id, plan_id);

CREATE TABLE service_levels (
    organisation_id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    calendar_code TEXT NOT NULL,
    cut_off_s BIGINT NOT NULL,
    days BIGINT NOT NULL,
    opens_s BIGINT,
    closes_s BIGINT,
    within_s BIGINT,
    price_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    CONSTRAINT service_levels_pkey PRIMARY KEY (organisation_id, code),
    CONSTRAINT service_levels_organisation_id_calendar_code_fkey FOREIGN KEY(organisation_id, calendar_code) REFERENCES calendars (organisation_id, code)
);

CREATE TABLE shifts (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    service_on DATE NOT NULL,
    driver_ref TEXT NOT NULL,
    vehicle_ref TEXT NOT NULL,
    state VARCHAR(64) NOT NULL,
    ref TEXT NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT shifts_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT shifts_organisation_id_driver_ref_fkey FOREIGN KEY(organisation_id, driver_ref) REFERENCES drivers (organisation_id, ref),
    CONSTRAINT shifts_organisation_id_ref_key UNIQUE (organisation_id, ref)
);

CREATE INDEX shifts_day_idx ON shifts (organisation_id, service_on);

CREATE TABLE user_sessions (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT user_sessions_organisation_id_user_id_fkey FOREIGN KEY(organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE,
    CONSTRAINT user_sessions_digest_key UNIQUE (digest)
);

CREATE INDEX user_sessions_user_id_created_at_idx ON user_sessions (user_id, created_at);

CREATE TABLE webhook_deliveries (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    event_id UUID NOT NULL,
    event_type TEXT NOT NULL,
    position BIGINT NOT NULL,
    state VARCHAR(64) NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE,
    attempts JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT webhook_deliveries_organisation_id_endpoint_id_event_id_key UNIQUE (organisation_id, endpoint_id, event_id),
    CONSTRAINT webhook_deliveries_organisation_id_endpoint_id_fkey FOREIGN KEY(organisation_id, endpoint_id) REFERENCES webhook_endpoints (organisation_id, id) ON DELETE CASCADE
);

CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (organisation_id, endpoint_id, next_try_at) WHERE next_try_at IS NOT NULL;

CREATE INDEX webhook_deliveries_ended_at_idx ON webhook_deliveries (ended_at);

CREATE TABLE order_notes (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    text TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT order_notes_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT order_notes_organisation_id_order_id_fkey FOREIGN KEY(organisation_id, order_id) REFERENCES orders (organisation_id, id) ON DELETE CASCADE
);

CREATE INDEX order_notes_order_idx ON order_notes (organisation_id, order_id, written_at);

CREATE TABLE parcels (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    number BIGINT NOT NULL,
    barcode TEXT NOT NULL,
    description TEXT NOT NULL,
    pieces BIGINT NOT NULL,
    weight_g BIGINT NOT NULL,
    volume_ml BIGINT NOT NULL,
    state VARCHAR(64) NOT NULL,
    damaged BOOLEAN NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE,
    seen_place TEXT NOT NULL,
    CONSTRAINT parcels_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT parcels_organisation_id_order_id_fkey FOREIGN KEY(organisation_id, order_id) REFERENCES orders (organisation_id, id) ON DELETE CASCADE
);

CREATE INDEX parcels_barcode_idx ON parcels (organisation_id, barcode);

CREATE INDEX parcels_order_idx ON parcels (organisation_id, order_id, number);

CREATE TABLE stops (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    route_id UUID NOT NULL,
    number BIGINT NOT NULL,
    state VARCHAR(64) NOT NULL,
    sheet JSONB NOT NULL,
    order_ids UUID[] NOT NULL,
    arrived_at TIMESTAMP WITH TIME ZONE,
    left_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT stops_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT stops_organisation_id_route_id_fkey FOREIGN KEY(organisation_id, route_id) REFERENCES routes (organisation_id, id)
);

CREATE INDEX stops_orders_idx ON stops USING gin (order_ids);

CREATE INDEX stops_route_idx ON stops (organisation_id, route_id, number);
