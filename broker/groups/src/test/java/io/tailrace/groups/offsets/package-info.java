@NullMarked
package io.tailrace.groups.offsets;

import org.jspecify.annotations.NullMarked;
