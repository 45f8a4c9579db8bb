#include "batch.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/cleanup.h"
#include "batch_log.h"
#include "log.h"
#include "notify.h"
#include "outcome.h"
#include "progress.h"
#include "reconcile.h"
#include "slots.h"

#define CLAIM_ROWS 100
#define CLAIM_MINUTES 5 /* a slow pace must not let leases run out */
#define RESULTS_MAX 64
#define TURN_MS 500    /* how late a signal may be seen */
#define END_SECONDS 40 /* for what is on its way after a signal; the unit grants a minute */
#define UNREACHABLE_MIN 3
#define SECOND_US INT64_C(1000000)

struct batch {
	struct sending *sending;
	struct slots *slots;
	uint64_t claimed;      /* in this run */
	unsigned unreachable;  /* in a row */
	unsigned lost;	       /* in this run, for want of a connection */
	char why[ANSWER_SIZE]; /* of the last of these */
	bool over;	       /* nothing more is claimed or handed over */
	int64_t end_us;	       /* when to stop waiting for what is on its way; 0: never */
	enum exit_code code;
};

static volatile sig_atomic_t asked_to_end;

static void on_signal(int number)
{
	(void)number;
	asked_to_end = 1;
}

void batch_catch_signals(void)
{
	const struct sigaction action = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)sigaction(SIGTERM, &action, NULL); /* these cannot fail */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

/* Of a clock that nobody sets and that counts sleep as well. */
static int64_t elapsed_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now); /* cannot fail on Linux */
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static int64_t wall(void)
{
	return (int64_t)time(NULL);
}

static uint32_t draw(void)
{
	uint32_t random;

	/* For jitter only: where none is to be had, 0 does as well. */
	return getrandom(&random, sizeof(random), GRND_NONBLOCK) == sizeof(random) ? random : 0;
}

static void fail(struct batch *batch)
{
	progress_clear();
	if (batch->code == EXIT_GOOD)
		log_error("%s/" LEDGER_NAME ": %s: no more is sent", batch->sending->paths.mail,
			  ledger_error(batch->sending->ledger));
	batch->code = EXIT_FILES;
	batch->over = true;
}

static void commit(struct batch *batch)
{
	if (slots_commit(batch->slots, batch->sending->ledger) < 0)
		fail(batch);
}

/* Nothing more goes out: what was only claimed is given back. why: NULL, or it has to wait. */
static void give_back(struct batch *batch, const char *why)
{
	struct slots *slots = batch->slots;

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &slots->items[i];

		if (slot->place != PLACE_READY)
			continue;
		if (why)
			outcome_put_off(why, wall(), draw(), &slot->row);
		else
			outcome_release(&slot->row);
		batch->sending->tally.deferred += !!why;
		slots_move(slots, slot, PLACE_DONE);
	}
	batch->over = true;
	commit(batch);
}

static void ask(struct batch *batch, enum freshness freshness)
{
	progress_clear();
	give_back(batch, NULL);
	if (batch->code == EXIT_GOOD)
		batch->code = reconcile_ask(batch->sending, freshness);
}

/* How many rows to claim now; 0: max_per_run is reached. */
static size_t wanted(const struct batch *batch)
{
	const struct vsee_delivery *delivery = &batch->sending->policy.delivery;
	uint64_t count = CLAIM_ROWS;

	if (delivery->max_per_minute > 0 && delivery->max_per_minute < CLAIM_ROWS / CLAIM_MINUTES)
		count = (uint64_t)delivery->max_per_minute * CLAIM_MINUTES;
	if (delivery->max_per_run > 0 && delivery->max_per_run - batch->claimed < count)
		count = delivery->max_per_run - batch->claimed;
	return (size_t)count;
}

/* Claim more rows, unless what the ledger holds may no longer be mailed. */
static void refill(struct batch *batch)
{
	struct sending *sending = batch->sending;
	autofree struct reminder *rows = NULL;
	const size_t count = wanted(batch);
	enum freshness freshness;
	size_t claimed = 0;

	batch->over = count == 0;
	if (batch->over || batch->slots->counts[PLACE_FREE] < count)
		return;
	freshness = sending_judge(sending, wall());
	if (freshness != FRESH) {
		ask(batch, freshness);
		return;
	}
	rows = calloc(count, sizeof(*rows));
	if (!rows || ledger_claim(sending->ledger, wall(), rows, count, &claimed) < 0) {
		fail(batch);
		return;
	}
	batch->claimed += claimed;
	batch->over = claimed == 0;
	slots_take(batch->slots, rows, claimed);
}

static void done(struct batch *batch, struct slot *slot)
{
	batch_log(batch->sending, &slot->row);
	slots_move(batch->slots, slot, PLACE_DONE);
}

/* A mail that never reached a server: no fault of its own. */
static void lose(struct batch *batch, const char *why)
{
	batch->unreachable++;
	batch->lost++;
	(void)snprintf(batch->why, sizeof(batch->why), "%s", why);
}

static void hand_over(struct batch *batch, struct slot *slot)
{
	struct sending *sending = batch->sending;
	const struct compose compose = sending_compose(sending, wall());
	const vsee_day left = slot->row.deadline - vsee_day_of(compose.now);
	struct parcel parcel = {
		.context = slot,
		.sender = sending->sender,
		.recipient = slot->row.address,
	};
	int r = compose_reminder(&compose, &slot->row, left, &slot->text, &parcel.size);

	if (r == -EINVAL) {
		outcome_fail("not sent: a value in it has a character that no mail can carry",
			     compose.now, &slot->row);
		done(batch, slot);
		return;
	}
	parcel.text = slot->text;
	if (r == 0)
		r = transport_submit(sending->transport, &parcel);
	if (r < 0) {
		lose(batch, strerror(-r));
		outcome_put_off(batch->why, compose.now, draw(), &slot->row);
		done(batch, slot);
		return;
	}
	pace_take(&sending->pace, elapsed_us());
	slots_move(batch->slots, slot, PLACE_BUSY);
}

/* While no server answers, as many mails as connections: the others would wait in vain. */
static bool has_room(const struct batch *batch)
{
	const struct sending *sending = batch->sending;
	const unsigned connections = sending->policy.delivery.connections;

	if (sending->tally.sent == 0 || batch->unreachable > 0)
		return transport_busy(sending->transport) < (connections > 0 ? connections : 1);
	return transport_room(sending->transport) > 0;
}

static void hand_over_ready(struct batch *batch)
{
	for (size_t i = 0; i < SLOTS && !batch->over && !asked_to_end; i++) {
		if (batch->slots->items[i].place != PLACE_READY)
			continue;
		if (!has_room(batch) || pace_wait(&batch->sending->pace, elapsed_us()) > 0)
			return;
		/* The ledger was told how many days are left; today it is another number. */
		if (vsee_day_of(wall()) != batch->sending->header.day)
			ask(batch, STALE_DAY);
		else
			hand_over(batch, &batch->slots->items[i]);
	}
}

static void tell_progress(const struct sending *sending)
{
	const struct send_tally *tally = &sending->tally;
	const uint64_t ended = tally->sent + tally->deferred + tally->failed + tally->unknown;
	const uint64_t all = ended > tally->due ? ended : tally->due;

	progress_show(ended, all);
	if (notify_alive())
		notify_status("sent %" PRIu64 " of %" PRIu64 ", %" PRIu64 " put off", tally->sent,
			      all, tally->deferred + tally->unknown);
}

static void stop_unreachable(struct batch *batch)
{
	const unsigned connections = batch->sending->policy.delivery.connections;
	const unsigned most = 2 * connections > UNREACHABLE_MIN ? 2 * connections : UNREACHABLE_MIN;

	if (batch->over || batch->unreachable < most)
		return;
	progress_clear();
	give_back(batch, batch->why);
}

static void settle(struct batch *batch, const struct result *result)
{
	struct slot *slot = result->context;

	if (result->outcome == OUTCOME_UNREACHABLE)
		lose(batch, result->answer);
	else
		batch->unreachable = 0;
	outcome_apply(result, wall(), draw(), &slot->row);
	done(batch, slot);
	tell_progress(batch->sending);
}

/* Until the next mail may leave, but no longer than a signal may wait. */
static int turn_ms(const struct batch *batch)
{
	const int64_t wait_us = pace_wait(&batch->sending->pace, elapsed_us());

	if (batch->slots->counts[PLACE_READY] == 0 || wait_us == 0 || wait_us / 1000 >= TURN_MS)
		return TURN_MS;
	return (int)(wait_us / 1000) + 1;
}

static void turn(struct batch *batch)
{
	struct transport *transport = batch->sending->transport;
	struct result results[RESULTS_MAX];
	const int wait_ms = turn_ms(batch);
	const struct timespec pause = {.tv_nsec = wait_ms * 1000000L};
	size_t count = 0;

	if (transport_busy(transport) > 0) {
		if (transport_turn(transport, wait_ms, results, RESULTS_MAX, &count) < 0) {
			batch->code = EXIT_FILES;
			batch->over = true;
			batch->end_us = 1; /* nothing will come any more */
		}
	} else if (batch->slots->counts[PLACE_READY] > 0 && !batch->over) {
		(void)nanosleep(&pause, NULL); /* the pace; a signal cuts it short */
		(void)notify_alive();
	}
	for (size_t i = 0; i < count; i++)
		settle(batch, &results[i]);
	commit(batch);
	stop_unreachable(batch);
}

static void check_signal(struct batch *batch)
{
	if (!asked_to_end || batch->end_us > 0)
		return;
	batch->end_us = elapsed_us() + END_SECONDS * SECOND_US;
	progress_clear();
	log_note("asked to end: mails on their way that are waited for: %zu",
		 batch->slots->counts[PLACE_BUSY]);
	give_back(batch, NULL);
}

/* What never came to an end may have been taken: it is tried again, under the same Message-ID. */
static void abandon(struct batch *batch)
{
	static const struct result unknown = {
		.outcome = OUTCOME_UNKNOWN,
		.answer = "the run ended before the server answered",
	};

	transport_free(batch->sending->transport);
	batch->sending->transport = NULL;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &batch->slots->items[i];

		if (slot->place != PLACE_BUSY)
			continue;
		outcome_apply(&unknown, wall(), draw(), &slot->row);
		batch_log(batch->sending, &slot->row);
		slots_move(batch->slots, slot, PLACE_DONE);
	}
}

static bool goes_on(const struct batch *batch)
{
	const size_t *counts = batch->slots->counts;

	if (batch->end_us > 0 && elapsed_us() >= batch->end_us)
		return false;
	return counts[PLACE_BUSY] > 0 || !batch->over;
}

enum exit_code batch_run(struct sending *sending)
{
	autoslots struct slots *slots = slots_new();
	struct batch batch = {.sending = sending, .slots = slots};

	if (!slots) {
		log_error("%s", strerror(ENOMEM));
		return EXIT_FILES;
	}
	while (goes_on(&batch)) {
		check_signal(&batch);
		if (!batch.over && slots->counts[PLACE_READY] == 0)
			refill(&batch);
		hand_over_ready(&batch);
		turn(&batch);
	}
	progress_clear();
	if (slots->counts[PLACE_BUSY] > 0)
		abandon(&batch);
	if (batch.lost > 0)
		batch_log_unreachable(sending, batch.lost, batch.why);
	commit(&batch); /* once more for what a full disk kept out */
	return batch.code;
}
