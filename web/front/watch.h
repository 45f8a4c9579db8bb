/* Connections and the time they have: who drips bytes is ended. */
#pragma once

#define WATCH_REQUEST_SECONDS 20 /* from the first byte of the connection or the last answer */
#define WATCH_ANSWER_SECONDS 60	 /* while we ask the worker */

struct watch;

/* Start and stop the thread that ends what is late. 0 or negative errno. */
int watch_begin(void);
void watch_end(void);

/* A connection of source (source.h) was taken: it has WATCH_REQUEST_SECONDS. NULL when there is no
 * memory. */
struct watch *watch_add(int fd, const char *source);

/* How many there are of a source. */
int watch_count(const char *source);

/* From now on it has seconds_more. Accepts NULL. */
void watch_allow(struct watch *watch, int seconds_more);

/* Before the descriptor is closed: it may be another's at once. Accepts NULL. */
void watch_remove(struct watch *watch);
