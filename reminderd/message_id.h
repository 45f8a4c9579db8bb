/*
 * What kind of event a journal entry is about: fixed for ever, for filters and alarms of others.
 * packaging/systemd/vsee-expire.catalog explains each, reminderd(8) lists them.
 */
#pragma once

#define MESSAGE_SCAN_DONE "7395ce79e2f64b189f79649c12fe84a3"
#define MESSAGE_CONFIG_BROKEN "841f851526a848f4abbe8a6462bd907b"
#define MESSAGE_CLOCK_NOTED "6256ebdb6d304ee6bffb7bbe1861db13"
#define MESSAGE_CLOCK_REFUSED "87957982319d4ad79ac0b44deef4407d"
#define MESSAGE_SCAN_BUSY "a9ae4da6e1434701a8331a39ff451961"
#define MESSAGE_ACCOUNT_SKIPPED "46276a6b1eac4d2db80129cecf8a7d97"
#define MESSAGE_STATE_DAMAGED "a70838319c934b7b88d49c0658a5f20d"
#define MESSAGE_MIRROR_OVERWRITTEN "2a4931dbf71344cdb500a5eb0ad0ca23"
#define MESSAGE_CHAGE_FAILED "71b7f79be74b49778191593dcb306551"
#define MESSAGE_HOLD "f6cd7c7a5a8c450085b4d29518bc2465"
