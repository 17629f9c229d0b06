"""The web server as clients see it: threads and sockets, Tomcat's own refusals, error pages, faults on demand."""
