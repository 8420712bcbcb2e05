package io.tailrace.loader.task;

/**
 * How many records a task may put into the error table.
 *
 * @param ratioMax the largest share of a task's records, from 0 to 1
 * @param acceptUnusableSchemas whether records go to the error table whose schema the registry does not have, or whose schema does
 *     not convert to that of the rows; otherwise such a record fails the task
 */
public record ErrorLimit(double ratioMax, boolean acceptUnusableSchemas) {}
