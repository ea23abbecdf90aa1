"""What guards the rows of a database, one line for each part: rules, triggers, owners, and who may do what.

`schema/rules.txt` has these lines as they are after the newest migration of this build; a test compares it with a fresh
database. Whoever looks at an installation compares its lines with that file: what is not in both was changed by hand.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import text

FILE = Path(__file__).parent / "schema" / "rules.txt"
# "owner" is whoever made the table of migrations: an installation may choose that name. `uuidv7` is ours before
# PostgreSQL 18 and PostgreSQL's own from there on, so it is left out.
LISTED = text("""
with here as (select 'public'::regnamespace as schema),
tables as (select c.* from pg_class c, here
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = here.schema
              and c.relname <> 'alembic_version'),
functions as (select p.* from pg_proc p, here where p.pronamespace = here.schema and p.proname <> 'uuidv7'
                 and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')),
roles as (select 0::oid as oid, 'public' as name union all
          select r.oid, case when r.oid = m.relowner or r.rolname = 'meldketen_owner' then 'owner' else r.rolname
          end from pg_roles r
            join pg_class m on m.oid = 'public.alembic_version'::regclass),
rights as (
  select 'table ' || c.relname as what, c.relowner as owner, a.* from tables c, aclexplode(c.relacl) a
   union all
  select 'column ' || c.relname || '.' || f.attname, c.relowner, a.*
    from tables c join pg_attribute f on f.attrelid = c.oid, aclexplode(f.attacl) a
   union all
  select 'function ' || p.oid::regprocedure, p.proowner, a.*
    from functions p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a)
select 'table ' || c.relname || ' of ' || r.name || case when c.relrowsecurity then ' row security' else '' end
       || case when c.relforcerowsecurity then ' forced' else '' end
  from tables c join roles r on r.oid = c.relowner
 union all
select 'policy ' || p.polname || ' on ' || c.relname || case when p.polpermissive then '' else ' restrictive' end
       || ' for ' || p.polcmd::text || ' to '
       || (select string_agg(r.name, ', ' order by r.name) from roles r where r.oid = any (p.polroles))
       || ' using ' || coalesce(pg_get_expr(p.polqual, c.oid), '-')
       || ' check ' || coalesce(pg_get_expr(p.polwithcheck, c.oid), '-')
  from pg_policy p join tables c on c.oid = p.polrelid
 union all
select 'trigger ' || t.tgname || ' on ' || c.relname || ' calls ' || t.tgfoid::regproc || ' ' || t.tgtype::text
       || case t.tgenabled when 'O' then '' else ' switched ' || t.tgenabled::text end
  from pg_trigger t join tables c on c.oid = t.tgrelid where not t.tgisinternal
 union all
select 'function ' || p.oid::regprocedure || ' of ' || r.name || case when p.prosecdef then ' for its owner' else '' end
       || coalesce(' ' || array_to_string(p.proconfig, ' '), '') || ' '
       || md5(regexp_replace(p.prosrc, '\\s+', ' ', 'g'))
  from functions p join roles r on r.oid = p.proowner
 union all
select x.what || ' lets ' || r.name || ' ' || string_agg(lower(x.privilege_type), ', ' order by x.privilege_type)
       || case when bool_or(x.is_grantable) then ' and grant' else '' end
  from rights x join roles r on r.oid = x.grantee where x.grantee <> x.owner group by x.what, r.name""")
"""What an owner may do with its own is left out: it may do all."""
AS_WRITTEN = re.compile(r'::"?\w+"?(\[\])?| AS "?\w+"?|\s')
"""What versions of PostgreSQL write differently in the same expression: casts, and names that nobody reads."""


def compared(lines: Iterable[str]) -> dict[str, str]:
    """Return these lines by what is compared of them."""
    return {AS_WRITTEN.sub("", line): line for line in lines}


def of_this_build() -> dict[str, str]:
    """Return the lines that this build has, by what is compared of them."""
    return compared(FILE.read_text("utf-8").splitlines())


def subject(line: str) -> str:
    """Return what a line is about: its first words, before it says how that stands."""
    return re.split(r" (?:of|lets|for|restrictive|calls) ", line)[0]
