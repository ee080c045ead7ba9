"""Every fact about Twilio that can be tested, and where it is: a table that is itself tested.

The facts are those of the provider's pages, in a few words each. Whoever adds one adds its test.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import pytest

SIGNATURE, REQUESTS, NUMBERS = "test_signature", "test_requests", "test_numbers"
PARSING, STATUSES, SENDING, CONSENT = (
    "test_parsing",
    "test_statuses",
    "test_sending",
    "test_consent",
)
SILENCE, PARTS, FINDING, RATE = "test_silence", "test_parts", "test_finding", "test_rate"
IN, OUT = "test_media_in", "test_media_out"
HERE = "tests.adapters.sms"
GSM, SPLITTING, NODE = (
    "tests.core.test_gsm",
    "tests.core.test_splitting",
    "tests.node.test_segments",
)

LINES: Mapping[str, tuple[str, ...]] = {
    # Signature
    "HMAC-SHA1 over URL and sorted fields, as the official validator computes it": (
        f"{SIGNATURE}.test_the_official_library_believes_what_we_sign",
        f"{SIGNATURE}.test_we_believe_what_the_official_library_signs",
        f"{SIGNATURE}.test_the_order_of_fields_does_not_matter",
        f"{SIGNATURE}.test_any_changed_field_is_noticed",
    ),
    "blank fields are signed": (f"{SIGNATURE}.test_an_empty_field_is_part_of_what_is_signed",),
    "scheme and slash matter, the standard port does not, the fragment is not signed": (
        f"{SIGNATURE}.test_the_standard_port_may_be_in_the_url_or_not",
        f"{SIGNATURE}.test_the_official_library_has_the_same_two_forms_of_our_url",
        f"{SIGNATURE}.test_the_address_to_enter_asks_for_retries_and_is_signed_without_that",
    ),
    "JSON: the body is checked by bodySHA256, and anything odd is refused": (
        f"{SIGNATURE}.test_a_callback_in_json_is_believed_by_its_digest",
        f"{SIGNATURE}.test_a_body_that_was_not_signed_is_refused",
        f"{SIGNATURE}.test_a_signed_body_that_is_no_object_is_refused",
    ),
    "the configured public URL counts, not what a proxy says": (
        f"{REQUESTS}.test_what_a_proxy_says_of_the_address_changes_no_signature",
    ),
    "no token, no check: an empty or short one is no token": (
        f"{SIGNATURE}.test_a_token_that_anybody_could_sign_with_is_refused",
    ),
    "two tokens while one replaces the other": (
        f"{SIGNATURE}.test_both_tokens_work_while_one_replaces_the_other",
        f"{OUT}.test_an_address_stays_good_while_the_token_is_changed",
    ),
    "another account's request is refused": (
        f"{SIGNATURE}.test_another_account_is_refused_though_the_token_fits",
    ),
    "look up by AccountSid and To, then by the service": (
        f"{NUMBERS}.test_a_message_to_a_number_or_a_service_of_ours_is_taken",
        f"{NUMBERS}.test_a_message_to_anything_else_is_refused_and_says_what_to_set",
    ),
    "nothing is acted on before it is verified": (
        f"{REQUESTS}.test_what_is_not_twilios_leaves_nothing_but_a_line",
    ),
    # Retries and answers
    "retries are asked for in the URL's fragment": (
        f"{SIGNATURE}.test_the_address_to_enter_asks_for_retries_and_is_signed_without_that",
    ),
    "retries are one message, by MessageSid": (
        f"{REQUESTS}.test_twilios_own_retries_are_one_message",
        f"{REQUESTS}.test_a_replayed_request_changes_nothing",
    ),
    "the answer is an empty Response in text/xml": (
        f"{PARSING}.test_the_answer_says_nothing_to_the_customer",
    ),
    # Statuses
    "callbacks come in any order and repeatedly; a status only moves forward": (
        f"{STATUSES}.test_statuses_in_any_order_end_at_the_furthest",
        f"{STATUSES}.test_what_was_delivered_does_not_fail_afterwards",
    ),
    "every status, the initial one by the receipt": (
        f"{PARSING}.test_every_status_of_twilio",
        f"{SENDING}.test_a_receipt_names_the_message",
    ),
    "a callback may come before the answer to the call": (
        f"{STATUSES}.test_a_report_before_the_receipt_waits_for_it",
        f"{STATUSES}.test_lasting_news_that_come_before_the_receipt_are_not_lost",
        f"{STATUSES}.test_a_report_while_the_answer_is_lost_does_not_send_twice",
        f"{STATUSES}.test_a_report_that_finds_no_message_of_ours_is_dropped_after_a_day",
    ),
    "callbacks are signed too": (
        f"{REQUESTS}.test_what_is_not_twilios_leaves_nothing_but_a_line",
        f"{SIGNATURE}.test_a_status_signature_does_not_open_the_other_route",
    ),
    # Consent
    "Twilio's words, as a whole message in any spelling": (
        f"{CONSENT}.test_the_words_are_twilios",
        f"{CONSENT}.test_a_carrier_word_in_any_spelling",
        f"{CONSENT}.test_only_the_whole_message_is_a_carrier_word",
        f"{CONSENT}.test_a_word_in_a_sentence_is_no_carrier_word",
        f"{SILENCE}.test_a_word_within_a_sentence_silences_nobody",
    ),
    "Advanced Opt-Out tells by OptOutType": (f"{CONSENT}.test_advanced_opt_out_tells_the_type",),
    "Twilio answers the word, the bot never does": (
        f"{SILENCE}.test_the_word_itself_is_answered_by_twilio_alone",
        f"{SILENCE}.test_nothing_leaves_when_the_word_comes_within_a_quiet_window",
        f"{SILENCE}.test_a_retry_is_not_made_after_the_word",
        f"{SILENCE}.test_what_may_have_arrived_is_looked_for_and_not_sent_again",
        f"{SILENCE}.test_parts_kept_over_a_restart_are_not_sent_after_the_word",
        f"{SILENCE}.test_the_word_in_a_list_read_after_we_were_away_counts",
        f"{SILENCE}.test_an_opted_out_number_is_never_answered_on_another_channel",
        "tests.memory.test_consent.test_a_stop_that_comes_after_the_claim_discards_that_answer_alone",
        f"{FINDING}.test_a_missed_stop_is_caught_up_with_its_meaning",
    ),
    "21610: never tried again, the handle is marked": (
        f"{SILENCE}.test_a_refusal_for_opting_out_is_never_tried_again",
        f"{SILENCE}.test_a_refusal_that_says_so_silences_the_next_answer",
        f"{STATUSES}.test_lasting_news_about_a_number_come_by_callback_too",
    ),
    "nobody else writes there either, and people are told why": (
        f"{SILENCE}.test_a_person_is_told_and_cannot_write_either",
        f"{SILENCE}.test_what_a_person_wrote_is_kept_back_too",
    ),
    # MMS
    "NumMedia, MediaUrlN, MediaContentTypeN, at most ten": (
        f"{PARSING}.test_pictures_come_with_their_place_and_type",
        f"{PARSING}.test_the_number_of_pictures_is_read_with_care",
        f"{IN}.test_a_picture_of_a_form_is_loaded_through_the_gateway",
        f"{IN}.test_a_picture_of_the_list_is_found_by_its_number",
    ),
    "credentials go to Twilio's hosts alone, and are dropped on redirect": (
        f"{IN}.test_credentials_go_to_the_first_host_alone",
        f"{IN}.test_another_host_is_never_asked",
        f"{IN}.test_a_redirect_into_a_private_network_is_not_followed",
        f"{IN}.test_a_name_that_leads_into_a_private_network_is_not_asked",
    ),
    "ten files and 5 MB, both ways": (
        f"{IN}.test_what_cannot_be_loaded_says_why",
        f"{OUT}.test_what_an_mms_cannot_carry_is_refused_in_words",
    ),
    "only where the number carries them": (
        f"{OUT}.test_a_number_that_carries_no_pictures_says_what_to_set",
    ),
    "Twilio loads ours from a public address": (
        f"{OUT}.test_the_provider_loads_a_picture_from_a_running_gateway",
        f"{OUT}.test_an_address_that_was_changed_opens_nothing",
        f"{OUT}.test_an_address_expires",
    ),
    # The text
    "at most 1,600 characters": (f"{PARTS}.test_no_part_is_longer_than_twilio_takes",),
    "160/153 in GSM-7, 70/67 in UCS-2; a curly quote flips the encoding": (
        f"{GSM}.test_what_a_text_takes",
        f"{GSM}.test_typography_becomes_what_gsm_can_carry",
        f"{NODE}.test_segments_are_counted_as_twilios_calculator_counts_them",
        f"{NODE}.test_a_normalised_text_never_takes_more_segments",
    ),
    "nothing that belongs together is cut": (
        f"{SPLITTING}.test_a_grapheme_is_never_cut",
        f"{NODE}.test_no_cut_goes_through_what_the_unicode_library_calls_one_sign",
    ),
    "num_segments is 0 with a messaging service": (
        f"{SENDING}.test_a_receipt_needs_no_count_of_segments",
    ),
    "no order between two messages": (
        f"{REQUESTS}.test_parts_arrive_in_their_order_also_when_the_first_is_put_off",
    ),
    # Rates and errors
    "about one message a second from a long code": (
        f"{RATE}.test_parts_wait_one_after_another_in_their_order",
        f"{RATE}.test_a_long_wait_is_told_and_its_moment_kept",
    ),
    "429 and 5xx are tried again, what may have arrived is looked for first": (
        f"{SENDING}.test_what_may_have_arrived_is_ambiguous",
        f"{FINDING}.test_a_lost_send_that_arrived_is_found",
    ),
    "each error code says what follows": (
        f"{SENDING}.test_a_refusal_says_why_and_what_follows",
        f"{SENDING}.test_an_unknown_code_means_what_its_status_means",
        f"{PARSING}.test_what_the_codes_say_of_a_number_is_said_of_no_fault_of_ours",
    ),
    # Addresses
    "E.164 is a phone; a short code, a name and whatsapp: are opaque": (
        f"{PARSING}.test_only_a_real_number_is_a_phone",
    ),
    "a reply leaves from the number that was written to": (
        f"{SENDING}.test_a_reply_leaves_from_the_number_the_customer_wrote_to",
        f"{NUMBERS}.test_each_number_is_a_conversation_of_its_own_and_answers_from_itself",
    ),
}


@pytest.mark.parametrize("line", LINES)
def test_a_fact_about_twilio_has_its_test(line: str) -> None:
    for place in LINES[line]:
        module, _, name = place.rpartition(".")
        full = module if module.startswith("tests.") else f"{HERE}.{module}"
        assert callable(getattr(import_module(full), name, None)), f"{place} is gone"
