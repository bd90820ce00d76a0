-- Which files a version of decision requirements imports, directly or not: those that were deployed
-- with it.
CREATE TABLE requirements_import (
    requirements INTEGER NOT NULL, -- requirements_definition.key
    namespace TEXT NOT NULL,
    resource INTEGER NOT NULL,     -- resource.key
    PRIMARY KEY (requirements, namespace)
) STRICT, WITHOUT ROWID;
