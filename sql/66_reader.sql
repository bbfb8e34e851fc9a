/*
 * reader: who reads the reports, and which handovers they see there.
 */
