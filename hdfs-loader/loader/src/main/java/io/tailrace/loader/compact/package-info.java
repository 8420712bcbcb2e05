/**
 * Merges the small files of an hour, deletes what is no longer needed, and shortens the commit log. Each merge is a commit that
 * removes files and adds others.
 *
 * <p>One thread per topic. Needs no broker.
 */
@NullMarked
package io.tailrace.loader.compact;

import org.jspecify.annotations.NullMarked;
