{header}-- Who may do what with the tables and views of contracts. R__zz_grants.sql has the others, and says why so.
{grants}
