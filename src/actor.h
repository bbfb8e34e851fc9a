/*
 * actor.h
 *		Who does what is done: a person, as far as the application tells.
 */
#ifndef HANDOVER_ACTOR_H
#define HANDOVER_ACTOR_H

extern void handover_define_actor(void);
extern const char *handover_actor_setting(void);
extern const char *handover_current_actor(void);

#endif							/* HANDOVER_ACTOR_H */
