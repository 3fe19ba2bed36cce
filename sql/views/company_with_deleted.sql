-- company_with_deleted: the company, and one that is gone, with a mark.

CREATE VIEW {schema}.company_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, address1, address2,
    address_extra, canceled, city, country, created_at, creator_id, currency, date_format, email, highlight_color,
    industry, language, logo, name, nickname, phone, postal_code, show_currency_code, state, tax_id, test_mode,
    time_zone, trial_ends, type, updated_at, url, username, website
FROM {schema}.company
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'address1'),
    {schema}._text(raw -> 'address2'),
    {schema}._text(raw -> 'address_extra'),
    {schema}._boolean(raw -> 'canceled'),
    {schema}._text(raw -> 'city'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'creator_id'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'date_format'),
    {schema}._text(raw -> 'email'),
    {schema}._text(raw -> 'highlight_color'),
    {schema}._text(raw -> 'industry'),
    {schema}._text(raw -> 'language'),
    {schema}._text(raw -> 'logo'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'nickname'),
    {schema}._text(raw -> 'phone'),
    {schema}._text(raw -> 'postal_code'),
    {schema}._boolean(raw -> 'show_currency_code'),
    {schema}._text(raw -> 'state'),
    {schema}._text(raw -> 'tax_id'),
    {schema}._boolean(raw -> 'test_mode'),
    {schema}._text(raw -> 'time_zone'),
    {schema}._timestamp(raw -> 'trial_ends'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url'),
    {schema}._text(raw -> 'username'),
    {schema}._text(raw -> 'website')
FROM {schema}._deleted
WHERE resource = 'company' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.company_with_deleted IS 'The rows of company, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.company_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.company_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.company_with_deleted.id IS 'Invoiced id of the company: which account this is.';
COMMENT ON COLUMN {schema}.company_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.company_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.company_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.company_with_deleted.address1 IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted.address2 IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted.address_extra IS 'Further lines of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted.canceled IS 'Whether the account at Invoiced was canceled.';
COMMENT ON COLUMN {schema}.company_with_deleted.city IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted.country IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.company_with_deleted.created_at IS 'When the company was created.';
COMMENT ON COLUMN {schema}.company_with_deleted.creator_id IS 'Invoiced id of the user who created the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.currency IS 'Default currency, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.company_with_deleted.date_format IS 'How the company writes dates, in the notation of PHP.';
COMMENT ON COLUMN {schema}.company_with_deleted.email IS 'E-mail address of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.highlight_color IS 'Colour of the brand, in hexadecimal notation.';
COMMENT ON COLUMN {schema}.company_with_deleted.industry IS 'Industry of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.language IS 'Default language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.company_with_deleted.logo IS 'Address of the company''s logo.';
COMMENT ON COLUMN {schema}.company_with_deleted.name IS 'Name of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.nickname IS 'Short name of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.phone IS 'Phone number.';
COMMENT ON COLUMN {schema}.company_with_deleted.postal_code IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.company_with_deleted.show_currency_code IS 'Whether documents show the currency code.';
COMMENT ON COLUMN {schema}.company_with_deleted.state IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted.tax_id IS 'Tax number of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.test_mode IS 'Whether the account is for testing.';
COMMENT ON COLUMN {schema}.company_with_deleted.time_zone IS 'Time zone in which the days of dates are meant, such as America/Chicago.';
COMMENT ON COLUMN {schema}.company_with_deleted.trial_ends IS 'When the trial of the company ends or ended.';
COMMENT ON COLUMN {schema}.company_with_deleted.type IS 'Legal kind of the company. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.company_with_deleted.updated_at IS 'When the company was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.company_with_deleted.url IS 'Address of the billing portal of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted.username IS 'Name of the company in the addresses of its portal.';
COMMENT ON COLUMN {schema}.company_with_deleted.website IS 'Website of the company.';
