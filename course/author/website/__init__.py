"""The course as a site of static pages: what ``course site`` puts together."""
