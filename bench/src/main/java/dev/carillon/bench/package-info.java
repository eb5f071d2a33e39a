/** JMH benchmarks of the parts whose cost is promised. */
@NullMarked
package dev.carillon.bench;

import org.jspecify.annotations.NullMarked;
