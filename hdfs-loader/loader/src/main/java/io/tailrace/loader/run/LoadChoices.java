package io.tailrace.loader.run;

import io.tailrace.loader.plan.Plan;

/**
 * What the user accepts in a load.
 *
 * @param onGap what to do if retention deleted records before they were loaded
 * @param acceptNewTopic whether to load a topic that was deleted and created again, or whose log was cut, as a new series
 * @param acceptErrors whether records go to the error table however many there are, also if their schema is not usable
 */
public record LoadChoices(Plan.OnGap onGap, boolean acceptNewTopic, boolean acceptErrors) {

    /** Accepts nothing. */
    public static final LoadChoices NONE = new LoadChoices(Plan.OnGap.FAIL, false, false);
}
