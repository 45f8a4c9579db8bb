#include "visit.h"

#include <dlfcn.h>

#include "sandbox.h"
#include "world.h"

void visit_begin(struct visit *visit, const char *service, const char *user)
{
	visit->dialog = (struct dialog){.current = OLD, .fresh = FRESH, .result = PAM_SUCCESS};
	visit->conversation = (struct pam_conv){dialog_answer, &visit->dialog};
	visit->pamh = NULL;
	if (pam_start_confdir(service, user, &visit->conversation, WORLD_STACKS, &visit->pamh) !=
	    PAM_SUCCESS)
		sandbox_fail("pam_start");
}

void visit_end(struct visit *visit)
{
	if (visit->pamh)
		(void)pam_end(visit->pamh, PAM_SUCCESS); /* nothing left to learn */
	visit->pamh = NULL;
}

int visit_call(struct visit *visit, const char *module, const char *function, int flags)
{
	typedef int entry_point(pam_handle_t *, int, int, const char **);
	const char *arguments[] = {"state=" WORLD_STATE, NULL};
	entry_point *entry;
	void *library = dlopen(module, RTLD_NOW);
	int code;

	if (!library)
		sandbox_fail(dlerror());
	*(void **)&entry = dlsym(library, function);
	if (!entry)
		sandbox_fail(function);
	code = entry(visit->pamh, flags, 1, arguments);
	(void)dlclose(library);
	return code;
}
