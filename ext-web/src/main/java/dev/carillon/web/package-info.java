/**
 * The platform a script expects: console, URL, fetch, streams, events, timers, crypto, encoding, serve.
 */
@NullMarked
package dev.carillon.web;

import org.jspecify.annotations.NullMarked;
